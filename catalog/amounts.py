"""Reading of amounts and percentages as people type them, by the rules of their language."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal

from babel import Locale
from babel.numbers import (
    NumberFormatError,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.pasted_text import without_invisible
from catalog.currencies import currencies_in_use
from catalog.prices import active_locale, plain_decimal

ARABIC_SEPARATORS = {"٫": ".", "٬": ","}


class AmountUnclear(ValueError):
    """A text that is not one clear amount. The message says why, and how to write it."""


def read_amount(text: str, currency: str) -> int:
    """Return the minor units of an amount such as “25”, “$1,250.00” or “٢٥٫٥٠”. Raises AmountUnclear.

    Decimal and thousands separators are those of the active language. An amount that would mean something else in
    another language, such as “25,00” in English, is refused instead of guessed.
    """
    locale, digits = active_locale(), int(get_currency_precision(currency))
    example = write_amount(25 * 10**digits, currency)
    value = _read(
        _without_currency(text, currency, locale), locale, example, digits, lambda n: write_amount(n, currency)
    )
    if -_exponent(value) > digits:
        if digits == 0:
            raise AmountUnclear(_("%(currency)s has no decimals. Write 25, for example.") % {"currency": currency})
        sentence = _("Write at most %(digits)d digits after the “%(separator)s”, for example %(example)s.")
        parts = {"digits": digits, "separator": get_decimal_symbol(locale), "example": example}
        raise AmountUnclear(sentence % parts)
    return int(value.scaleb(digits))


def read_percent(text: str) -> int:
    """Return the basis points of a percentage such as “4.5” or “4.5 %”. Raises AmountUnclear."""
    locale = active_locale()
    example = _localize("4.5", locale)
    value = _read(text.replace("%", " ").replace("٪", " "), locale, example, 2, write_percent)
    if -_exponent(value) > 2:
        raise AmountUnclear(_("Write at most two decimals, for example %(example)s.") % {"example": example})
    return int(value.scaleb(2))


def write_amount(amount_minor: int, currency: str) -> str:
    """Return an amount as a form shows it: with the language's decimal separator, without symbol and thousands."""
    return _localize(plain_decimal(amount_minor, currency), active_locale())


def write_percent(rate_bps: int) -> str:
    """Return a rate as a form shows it, for example “4.5”."""
    return _localize(f"{Decimal(rate_bps) / 100:f}", active_locale())


def validate_currency(code: str) -> None:
    """Raise ValidationError if the code is not that of a currency in use. For columns of models."""
    if code not in currencies_in_use():
        sentence = _("“%(code)s” is not the code of a currency in use. Write it like USD.")
        raise ValidationError(sentence % {"code": code}, code="currency")


def currency_choices() -> list[tuple[str, str]]:
    """Return (code, “code – name”) pairs of the currencies in use, sorted by code. Names are in the active language."""
    locale = active_locale()
    return [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in currencies_in_use()]


def _read(text: str, locale: Locale, example: str, digits: int, write: Callable[[int], str]) -> Decimal:
    """Return the number, if the text is one in the locale's notation or with Arabic separators. Raises AmountUnclear.

    A refusal suggests, in words by `write`, what the text can mean with at most `digits` decimals, or else `example`.
    """
    text = "".join(_ascii_digit(letter) for letter in without_invisible(text)).strip()
    decimal, group = get_decimal_symbol(locale), get_group_symbol(locale)
    if text.startswith(("-", "−")) or text.endswith(("-", "−")):
        raise AmountUnclear(_("Enter 0 or more."))
    for letter, meaning in ARABIC_SEPARATORS.items():
        text = text.replace(letter, decimal if meaning == "." else group)
    if (
        not text
        or len(text) > 40
        or not all((letter.isascii() and letter.isdigit()) or letter in (decimal, group) for letter in text)
    ):
        raise AmountUnclear(_("Enter an amount in digits, for example %(example)s.") % {"example": example})
    try:
        if not any(letter.isdigit() for letter in text):
            raise NumberFormatError(text)
        return Decimal(parse_decimal(text, locale, strict=True))
    except NumberFormatError as error:
        meant = [write(int(value.scaleb(digits))) for value in _guess(text, decimal, group, digits)]
        if len(meant) == 2:
            sentence = _("“%(text)s” can be read in two ways. Write %(one)s or %(other)s.")
            raise AmountUnclear(sentence % {"text": text[:40], "one": meant[0], "other": meant[1]}) from error
        sentence = _("“%(text)s” is not a clear amount. Write it like this: %(example)s.")
        raise AmountUnclear(sentence % {"text": text[:40], "example": (meant or [example])[0]}) from error


def _guess(text: str, decimal: str, group: str, digits: int) -> list[Decimal]:
    """Return what the text means if its separators are the other language's, and if they are the active one's."""
    readings: list[Decimal] = []
    for point, comma in ((group, decimal), (decimal, group)):
        plain = text.replace(comma, "")
        if plain.count(point) <= 1 and any(letter.isdigit() for letter in plain):
            value = Decimal(plain.replace(point, "."))
            if value not in readings and value.scaleb(digits) % 1 == 0:
                readings.append(value)
    return readings


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter


def _without_currency(text: str, currency: str, locale: Locale) -> str:
    """Remove the currency's own code or symbol from one end. Any other stays, and is refused by the caller."""
    text = without_invisible(text).strip()
    names = {currency, get_currency_symbol(currency, locale=locale), get_currency_symbol(currency, locale=Locale("en"))}
    for name in sorted(map(str, names), key=len, reverse=True):
        if text.upper().startswith(name.upper()):
            return text[len(name) :]
        if text.upper().endswith(name.upper()):
            return text[: -len(name)]
    return text


def _localize(plain: str, locale: Locale) -> str:
    return plain.replace(".", get_decimal_symbol(locale))
