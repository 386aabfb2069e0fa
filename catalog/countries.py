"""Countries by their ISO 3166 code, under the names that the reader's language has for them."""

from functools import cache

from babel import Locale
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from catalog.prices import reading_locale

NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Regions of CLDR with two letters that no parcel goes to, or only under another code."""


def country_choices() -> list[tuple[str, str]]:
    """Return codes and names in the active language, by name."""
    return list(_choices(reading_locale()))


def country_options(chosen: str) -> SafeString:
    """Return the `<option>`s of a select, for pages that have no form object."""
    return _options(reading_locale(), chosen)


@cache
def _choices(locale: Locale) -> tuple[tuple[str, str], ...]:
    named = ((code, name) for code, name in locale.territories.items() if len(code) == 2 and code not in NOT_COUNTRIES)
    return tuple(sorted(named, key=lambda country: country[1].casefold()))


@cache
def _options(locale: Locale, chosen: str) -> SafeString:
    mark = SafeString(" selected")
    options = ((code, mark if code == chosen else "", name) for code, name in _choices(locale))
    return format_html_join("", '<option value="{}"{}>{}</option>', options)
