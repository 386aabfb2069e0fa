"""Delivery countries: ISO 3166 codes, and names in the active language."""

from functools import cache

from babel import Locale

from catalog.collation import sort_key
from catalog.prices import active_locale

NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Two-letter CLDR codes to leave out: they are not delivery countries, or duplicate another code."""


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) pairs, sorted by name. Names are in the active language."""
    return list(_choices(active_locale()))


def country_codes() -> frozenset[str]:
    return frozenset(code for code, _name in _choices(Locale("en")))


def country_name(code: str) -> str:
    """Return the name of a country in the active language, or the code itself if it is none."""
    return str(active_locale().territories.get(code, code))


def is_country(code: str) -> bool:
    return code in country_codes()


@cache
def _choices(locale: Locale) -> tuple[tuple[str, str], ...]:
    countries = (
        (code, name) for code, name in locale.territories.items() if len(code) == 2 and code not in NOT_COUNTRIES
    )
    return tuple(sorted(countries, key=lambda country: sort_key(country[1])))
