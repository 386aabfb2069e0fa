"""Money formatting, for people and for programs."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers

LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
NEGATIVE = re.compile(r"-[\d.,]*\d")


@dataclass(frozen=True)
class Price:
    amount_minor: int
    currency: str

    @property
    def text(self) -> str:
        return format_money(self.amount_minor, self.currency)


class PriceSerializer(serializers.Serializer[Price]):
    """An amount, in minor units and as text in the request's language."""

    amount_minor = serializers.IntegerField(help_text="In minor units: 1999 is $19.99.")
    currency = serializers.CharField(help_text="ISO 4217.")
    text = serializers.CharField(help_text="In the language of the request.")


def format_money(amount_minor: int, currency: str) -> str:
    """Format an amount in the active language. In English, 1999 USD is “$19.99” and 1999 JPY is “¥1,999”."""
    return _format(amount_minor, currency, get_language() or "en")


def format_lowest(amount_minor: int, currency: str, *, prices_vary: bool) -> str:
    """Format the lowest price of a product's variants: “from $19.99” if another one costs more."""
    text = format_money(amount_minor, currency)
    return _("from %(price)s") % {"price": text} if prices_vary else text


@lru_cache(maxsize=10_000)
def _format(amount_minor: int, currency: str, language: str) -> str:
    """Format an amount. Results are cached, because one call of Babel takes longer than a template needs for a row."""
    locale = _parse_locale(language)
    text = str(format_currency(_major(amount_minor, currency), currency, locale=locale))
    if locale.text_direction != "rtl":
        return text
    # In right-to-left text, the marks keep a minus in front of its number, and the dollar sign of “US$” after its letters.
    return NEGATIVE.sub(f"{LEFT_TO_RIGHT_MARK}\\g<0>{RIGHT_TO_LEFT_MARK}", text) + LEFT_TO_RIGHT_MARK


def plain_decimal(amount_minor: int, currency: str) -> str:
    """Format an amount for CSV and schema.org, such as “19.99”. The format is the same in every language."""
    return f"{_major(amount_minor, currency):.{get_currency_precision(currency)}f}"


def _major(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-get_currency_precision(currency))


def active_locale() -> Locale:
    """Return the Babel locale of the active language."""
    return _parse_locale(get_language() or "en")


def _parse_locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
