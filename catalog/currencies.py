"""The currencies in use. Pure, because the settings need them before Django starts."""

from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies


@cache
def currencies_in_use() -> tuple[str, ...]:
    """Return the ISO 4217 codes of the currencies that are legal tender somewhere today, sorted. Source: CLDR."""
    codes = {code for territory in Locale("en").territories for code in get_territory_currencies(str(territory))}
    return tuple(sorted(str(code) for code in codes))
