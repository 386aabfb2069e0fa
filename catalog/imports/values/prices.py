"""Prices of catalogue files: integers in minor units of the shop's currency, never rounded and never guessed."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol, list_currencies

from catalog.imports.limits import MAX_INTEGER
from catalog.imports.remarks import RefusalReason, RowRefused
from catalog.imports.values.numbers import WrittenNumber, parse_number
from catalog.imports.values.text import ascii_digits, cache_short, clean_line

AMOUNT = re.compile(r"(?P<before>\D*?)\s*(?P<number>(?:\d[\d.,' ]*)?\d|(?<!\S)[.,]\d+)\s*(?P<after>\D*)")
NO_CENTS = re.compile(r"(?<=\d)[.,:][-–—]{1,2}(?!\d)")
"""“5,-” and “5.–” for 5.00."""
LANGUAGES = ("en", "ar", "he")
"""In which currencies may be named, beside those of their country."""
SHORT_NAMES = {
    "AED": ("dh", "dhs"),
    "CHF": ("fr",),
    "ILS": ("nis", 'ש"ח', "ש״ח"),
    "INR": ("rs",),
    "JPY": ("円",),
    "KWD": ("kd",),
    "SAR": ("sr",),
    "TRY": ("tl",),
}
"""That shops write and CLDR does not have."""
MAX_TEXT_CHARS = 40
SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class WrittenPrice:
    """A price as written: its number, or why it has none."""

    number: WrittenNumber | None
    refusal: RefusalReason | None = None


def read_price(text: str, currency: str, decimal_sign: str) -> int:
    """Return a price in minor units of `currency`. Raises RowRefused.

    `decimal_sign` is that of the file, "" if it is open. It only decides about prices that can be read in two ways.
    """
    written = parse_price(text, currency)
    shown = text.strip()[:SHOWN_CHARS]
    if written.refusal or written.number is None:
        raise RowRefused(written.refusal or RefusalReason.NOT_A_PRICE, text=shown, currency=currency)
    number, digits = written.number, get_currency_precision(currency)
    if number.is_ambiguous:
        if not decimal_sign and digits:
            raise RowRefused(RefusalReason.UNCLEAR_PRICE, text=shown)
        # Without decimals in the currency, the sign can only part thousands.
        number = number.with_sign(decimal_sign) if decimal_sign else WrittenNumber(number.whole + number.fraction)
    if len(number.fraction.rstrip("0")) > digits:
        raise RowRefused(RefusalReason.TOO_MANY_DECIMALS, text=shown, currency=currency)
    amount = int(f"0{number.whole}{number.fraction[:digits].ljust(digits, '0')}")
    if amount > MAX_INTEGER:
        raise RowRefused(RefusalReason.PRICE_TOO_HIGH, text=shown)
    return amount


@cache_short
def parse_price(text: str, currency: str) -> WrittenPrice:
    """Part a price into number and currency. Prices in other currencies and negative ones have no number."""
    text = NO_CENTS.sub("", ascii_digits(text).strip())
    amount = AMOUNT.fullmatch(text) if len(text) <= MAX_TEXT_CHARS else None
    if amount is None:
        return WrittenPrice(None, RefusalReason.NOT_A_PRICE)
    names = [name for name in (amount["before"].replace("-", " ").strip(), amount["after"].strip()) if name]
    if any(not _is_own(name, currency) for name in names):
        is_foreign = all(_is_own(name, currency) or name.casefold() in _all_currencies() for name in names)
        return WrittenPrice(None, RefusalReason.FOREIGN_CURRENCY if is_foreign else RefusalReason.NOT_A_PRICE)
    number = parse_number(amount["number"])
    if "-" in amount["before"] and number:
        return WrittenPrice(None, RefusalReason.NEGATIVE_PRICE)
    return WrittenPrice(number, None if number else RefusalReason.NOT_A_PRICE)


def _is_own(name: str, currency: str) -> bool:
    return _plain(name) in _names_of(currency)


@cache
def _names_of(currency: str) -> frozenset[str]:
    """Return the code, symbols and names of a currency, such as CAD, $, CA$, Canadian dollars, dollars."""
    locales = [Locale(language) for language in LANGUAGES]
    with suppress(UnknownLocaleError, ValueError):  # EUR and others of several countries have none of their own
        locales.append(Locale.parse(f"und_{currency[:2]}"))
    symbols = {get_currency_symbol(currency, locale=locale) for locale in locales}
    phrases = {get_currency_name(currency, count=n, locale=language) for n in (1, 2, 3) for language in LANGUAGES}
    nouns = {word for phrase in phrases for word in (phrase.split()[0], phrase.split()[-1])}
    names = {
        currency,
        *symbols,
        *phrases,
        *nouns,
        *SHORT_NAMES.get(currency, ()),
        *(f"{currency[:2]}{symbol}" for symbol in symbols),
    }
    return frozenset(map(_plain, names))


def _plain(name: str) -> str:
    """Return a name as names are compared: without the marks and points that some texts have around it."""
    return clean_line(unicodedata.normalize("NFKC", str(name))).casefold().strip(".")


@cache
def _all_currencies() -> frozenset[str]:
    """Return the codes and English symbols of all currencies, in lower case."""
    symbols = Locale("en").currency_symbols.values()
    return frozenset(str(name).casefold() for name in {*list_currencies(), *symbols, "zł", "kč", "kr", "kr.", "ft"})
