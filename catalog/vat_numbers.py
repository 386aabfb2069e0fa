"""VAT numbers of business buyers. Their format and checksum are checked; whether they are in use is not.

Source: https://taxation-customs.ec.europa.eu/vat-identification-numbers_en; Directive 2006/112/EC, article 138, for
supplies to businesses in other countries of the EU.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError as InvalidNumber

from catalog.countries import country_name, is_country

EU_COUNTRIES = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"}
    | {"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
VAT_COUNTRIES = EU_COUNTRIES | {
    "AE",
    "BH",
    "CH",
    "GB",
    "IS",
    "LI",
    "MC",
    "NO",
    "OM",
    "RS",
    "SA",
    "SM",
    "TR",
    "UA",
    "ZA",
}
"""Countries whose tax is called VAT in English."""
NORTHERN_IRELAND = "XI"
"""Not a country code. Its businesses count as in the EU when they buy goods, and their numbers are British ones."""
VAT_PREFIXES = VAT_COUNTRIES | {NORTHERN_IRELAND}
"""A number that begins with one of these is that country's: “DE…” is no French one, whose numbers may begin with letters."""
PREFIXES = {"EL": "GR"}
"""Prefixes of VAT numbers that differ from the country code."""
SUFFIXES = {"CH": "MWST"}
"""Ends that a country's numbers must have and that people leave out."""
LABEL = re.compile(r"(VAT|UST|MWST|TVA|P?IVA|BTW|UID)(REG)?(ID)?")
NUMBER_SIGN = re.compile(r"(NUMBER|NUM|NR|NO)")
"""What people write before a number, and between it and the number. NO is Norway's prefix, too."""
LARGEST_NUMBER = 32


class VatNumberRefused(ValueError):
    """A VAT number that fails its country's check. The message says what to do."""


def check_vat_number(text: str, country_code: str) -> str:
    """Return the VAT number with its prefix and without separators, such as “DE136695976” for “VAT No. DE 136 695 976”.

    It is checked by the rules of the country that its prefix names, otherwise of `country_code`. Raises
    VatNumberRefused.
    """
    written = "".join(_plain(letter) for letter in text.upper() if letter.isalnum())
    prefix = ""
    for letters in _without_labels(written):
        prefix = PREFIXES.get(letters[:2], letters[:2])
        is_named = {prefix, country_code} <= VAT_PREFIXES
        for country in dict.fromkeys((prefix,) if is_named else (prefix, country_code)):
            if number := _read_number(letters, country):
                return number
    country = prefix if _find_module(prefix) is not None else country_code
    values = {"country": country_name(country)}
    if _find_module(country) is None:
        raise VatNumberRefused(_("We can't check VAT numbers of %(country)s. Leave this field empty.") % values)
    sentence = _("This is not a valid VAT number of %(country)s. Check it, or leave this field empty.")
    raise VatNumberRefused(sentence % values)


def is_reverse_charged(*, vat_number: str, country_code: str, home_country: str) -> bool:
    """Return whether a business in another country of the EU accounts for the tax itself.

    `vat_number` was returned by `check_vat_number` and may be empty; `country_code` is where the goods go.
    """
    prefix = PREFIXES.get(vat_number[:2], vat_number[:2])
    is_business = (prefix in EU_COUNTRIES or prefix == NORTHERN_IRELAND) and prefix != home_country
    is_to_northern_ireland = prefix == NORTHERN_IRELAND and country_code == "GB"
    is_export = is_to_northern_ireland or (country_code in EU_COUNTRIES and country_code != home_country)
    return home_country in EU_COUNTRIES and is_business and is_export


def _without_labels(letters: str) -> Iterator[str]:
    """Yield the text as it is, and without what people write before the number."""
    yield letters
    if label := LABEL.match(letters):
        rest = letters[label.end() :]
        yield rest
        if sign := NUMBER_SIGN.match(rest):
            yield rest[sign.end() :]


def _read_number(letters: str, country_code: str) -> str:
    """Return the number with its prefix, or "" if the country's check fails or there is none."""
    module = _find_module(country_code)
    if module is None or len(letters) > LARGEST_NUMBER:
        return ""
    prefix = next((code for code, country in PREFIXES.items() if country == country_code), country_code)
    rest = letters.removeprefix(prefix)
    for candidate in (rest, letters, letters + SUFFIXES.get(country_code, "")):
        try:
            number = module.validate(candidate)
        except InvalidNumber:
            continue
        return str(number) if number.startswith(prefix) else f"{prefix}{number}"
    return ""


def _find_module(country_code: str) -> Any:
    """Return the module that checks VAT numbers of the country, or None if there is none."""
    if country_code == NORTHERN_IRELAND:
        return get_cc_module("GB", "vat")
    return get_cc_module(country_code, "vat") if is_country(country_code) else None


def _plain(letter: str) -> str:
    """Return an ASCII digit for a digit of any script."""
    return str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
