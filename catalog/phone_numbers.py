"""Phone numbers, written as people of the address's country write them, and stored in the form of E.164.

Source: Google's libphonenumber, in the package phonenumbers.
"""

import re

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015/]")


class PhoneNumberInvalid(Exception):
    """Not a number that can be dialled. The message is a sentence for the shopper."""


def clean_phone_number(text: str, country_code: str) -> str:
    """Return a number in the form of E.164, such as +971501234567. Its digits are ASCII.

    A number without a country code is of the given country. Numbers that are possible by their length suffice, since
    countries open new ranges all the time. Raises PhoneNumberInvalid.
    """
    digits = SEPARATORS.sub("", text)
    if digits.startswith("00"):
        digits = f"+{digits.removeprefix('00')}"
    if re.fullmatch(r"\+?\d+", digits):
        try:
            number = phonenumbers.parse(digits, country_code)
        except NumberParseException:
            pass
        else:
            if _can_be_dialled(number):
                return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    raise PhoneNumberInvalid(
        _("Write a complete phone number, for example %(example)s.") % {"example": show_example(country_code)}
    )


def show_example(country_code: str) -> str:
    """Return a number of the country with its country code, isolated, so that it also reads from left to right in Arabic."""
    example = phonenumbers.example_number_for_type(country_code, PhoneNumberType.MOBILE)
    number = example or phonenumbers.example_number_for_type("US", PhoneNumberType.MOBILE)
    assert number
    return f"\u2066{phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)}\u2069"


def _can_be_dialled(number: PhoneNumber) -> bool:
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    lengths = {phonenumbers.is_possible_number_for_type_with_reason(number, kind) for kind in kinds}
    return phonenumbers.is_valid_number(number) or ValidationResult.IS_POSSIBLE in lengths
