"""Text as people paste it: copied from a contact, a chat or a PDF, it may contain characters that nobody sees.

Source: Unicode Standard Annex 44, general category Cf; the other characters are blank in spite of their category.
"""

import unicodedata
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy
from rest_framework import serializers

BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Fillers, joiners and variation selectors."""
JOINERS = "\u200c\u200d"
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
"""Scripts with capitals of the same shapes, none of which has joiners. A word of two of them is meant to deceive."""
MAX_LENGTH = 254
"""Of an email address. Source: RFC 5321, section 4.5.3.1.3."""


def without_invisible(text: str) -> str:
    """Return the text without characters that nobody sees, none of which a number, code or email address contains.

    Names and prose keep some of theirs: see `visible_text`.
    """
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and letter not in BLANK)


def visible_text(text: str) -> str:
    """Return one line without characters that nobody sees or that turn the text around, normalized as it is stored.

    For names of people, companies, places and files, which others read. The joiners of Arabic, Persian, Indic scripts and
    emoji stay between two of their characters.
    """
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    visible = "".join(letter for place, letter in enumerate(plain) if _is_visible(plain, place))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def alphabets_of(word: str) -> set[str]:
    """Return which of ALPHABETS the word's letters belong to."""
    names = (unicodedata.name(letter, "") for letter in word if letter.isalpha())
    return {alphabet for name in names for alphabet in ALPHABETS if name.startswith(alphabet)}


def _is_visible(text: str, place: int) -> bool:
    letter = text[place]
    if letter in JOINERS:
        around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        return len(around) == 2 and not any(alphabets_of(near) or near.isspace() for near in around)
    return unicodedata.category(letter) not in ("Cf", "Cc", "Co", "Cs", "Cn") and letter not in BLANK


def validate_visible(text: str) -> None:
    """Raise ValidationError if the text has control characters or others that nobody sees, or that turn it around.

    For names that end in files for banks and offices, and may not be changed. It refuses what `visible_text` leaves out.
    """
    if not all(_is_visible(text, place) for place in range(len(text))):
        raise ValidationError(
            gettext_lazy("The text has a character that can't be seen. Type it again instead of pasting it."),
            code="invisible",
        )


def mailed_address(email: str) -> str:
    """Return the address as mail servers compare it: in lower case, with the domain in ASCII.

    Case rules of Unicode must not decide whose an address is: by them, the domains of two owners can be equal. Raises
    UnicodeError if there can be no such domain.
    """
    local, _at, domain = email.strip().rpartition("@")
    return f"{local}@{punycode(domain)}".lower()


def compared_address(email: str) -> str:
    """Return an address as it was typed in the form that decides whether two are the same."""
    try:
        return mailed_address(without_invisible(email))
    except UnicodeError:
        return email


def is_mailable(email: str) -> bool:
    """Return whether the address can be written in the header of an email, and is read there as nothing else.

    An encoded word is none: mail programs would decode it, perhaps into line breaks. Source: RFC 2047, section 5.
    """
    if len(email) > MAX_LENGTH:
        return False
    try:
        addr_spec = mailed_address(email)
        Address(addr_spec=addr_spec)
    except (UnicodeError, HeaderParseError, ValueError, IndexError):
        return False
    return "=?" not in email and not any(letter in "\r\n\0" for letter in email)


def validate_mailable(email: str) -> None:
    """Raise ValidationError if the address is none, or can't be written in an email. For fields of forms and of the API."""
    validate_email(email)
    if not is_mailable(email):
        raise ValidationError(gettext_lazy("Enter a valid email address."), code="invalid")


class PastedEmailField(forms.EmailField):
    """An email address, without invisible characters."""

    default_validators = [validate_mailable]

    def to_python(self, value: Any) -> str:
        return str(super().to_python(without_invisible(value) if isinstance(value, str) else value))


class PastedEmailApiField(serializers.EmailField):
    """An email address in a request, without invisible characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_LENGTH, **kwargs})
        self.validators = [rule for rule in self.validators if not isinstance(rule, EmailValidator)]
        self.validators.append(validate_mailable)

    def to_internal_value(self, data: Any) -> str:
        return without_invisible(str(super().to_internal_value(data)))
