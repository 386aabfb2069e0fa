"""Money as people and programs read it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language
from rest_framework import serializers

LEFT_TO_RIGHT_MARK = "\u200e"


@dataclass(frozen=True)
class Price:
    amount_minor: int
    currency: str

    @property
    def text(self) -> str:
        return format_money(self.amount_minor, self.currency)


class PriceSerializer(serializers.Serializer[Price]):
    """Minor units for programs, and the text in the reader's language."""

    amount_minor = serializers.IntegerField(help_text="In minor units: 1999 is $19.99.")
    currency = serializers.CharField(help_text="ISO 4217.")
    text = serializers.CharField(help_text="Written in the language of the request.")


def format_money(amount_minor: int, currency: str) -> str:
    """Write an amount in the active language: 1999 USD is “$19.99”; yen have no decimals."""
    return _written(amount_minor, currency, get_language() or "en")


@lru_cache(maxsize=10_000)
def _written(amount_minor: int, currency: str, language: str) -> str:
    """Keep what was written lately: Babel takes longer over an amount than a template over its row."""
    locale = _parsed(language)
    text = str(format_currency(_major(amount_minor, currency), currency, locale=locale))
    # The mark keeps the dollar of “US$” behind its letters where the line reads from right to left.
    return text + LEFT_TO_RIGHT_MARK if locale.text_direction == "rtl" else text


def plain_decimal(amount_minor: int, currency: str) -> str:
    """Write an amount for machines, in every language alike: “19.99”; for CSV and schema.org."""
    return f"{_major(amount_minor, currency):.{get_currency_precision(currency)}f}"


def _major(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-get_currency_precision(currency))


def reading_locale() -> Locale:
    """Return what the active language is to Babel."""
    return _parsed(get_language() or "en")


def _parsed(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
