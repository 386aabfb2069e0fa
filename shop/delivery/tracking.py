"""What staff type about a sent parcel: its carrier, its number there, and the link to the carrier's page."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from accounts.pasted_text import visible_text, without_invisible
from shop.models import Parcel

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*")
CARRIER_LENGTH = Parcel._meta.get_field("carrier").max_length or 0
NUMBER_LENGTH = Parcel._meta.get_field("tracking_number").max_length or 0
_check_url = URLValidator(schemes=["https"])


@dataclass(frozen=True)
class Tracking:
    """A parcel's carrier, and where the shopper can follow it. Number and link may be empty."""

    carrier: str
    number: str = ""
    url: str = ""


def read_carrier(typed: str) -> str:
    """Return the carrier's name with single spaces. Raises ValidationError."""
    name = visible_text(typed)
    if not name or "<" in name or ">" in name or len(name) > CARRIER_LENGTH:
        raise ValidationError(_("Enter the carrier's name, such as DHL."))
    return name


def read_number(typed: str) -> str:
    """Return the number without spaces, or "" if there is none. Raises ValidationError."""
    number = "".join(without_invisible(typed).split())
    if number and (len(number) > NUMBER_LENGTH or not NUMBER.fullmatch(number)):
        limits = {"most": NUMBER_LENGTH}
        raise ValidationError(_("Tracking numbers have only letters, digits and hyphens, at most %(most)d.") % limits)
    return number


def read_url(typed: str) -> str:
    """Return the link, or "" if there is none. Raises ValidationError unless it is one to another site by https."""
    url = without_invisible(typed).strip()
    try:
        if url:
            _check_url(url)
    except ValidationError as error:
        raise ValidationError(_("Enter a link that begins with https://.")) from error
    return url
