"""Addresses of sources as people type them."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.public_web.addresses import AddressFault, check_address

AUTHORITY = re.compile(r"https://(?:(?P<credentials>[^/?#]*)@)?(?P<rest>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An address without the name and password that may have been typed in it."""

    address: str
    user_name: str
    password: str


def read_address(text: str) -> TypedAddress:
    """Return the parts of an address that somebody typed. Raises ValidationError if it can't be fetched."""
    text = text.strip()
    if not text:
        return TypedAddress("", "", "")
    parts = AUTHORITY.fullmatch(text)
    address, fault = check_address(f"https://{parts['rest']}") if parts else ("", AddressFault.NOT_AN_ADDRESS)
    if fault is AddressFault.NOT_PUBLIC:
        raise ValidationError(_("This address leads to no server on the public web."))
    if fault:
        raise ValidationError(_("Enter a full address that begins with https://."))
    user_name, _colon, password = (parts["credentials"] or "" if parts else "").partition(":")
    return TypedAddress(address, unquote(user_name), unquote(password))
