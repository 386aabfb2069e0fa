"""Weights in whole grams."""

import re
from decimal import Decimal

from catalog.imports.limits import MAX_INTEGER
from catalog.imports.values.numbers import parse_number
from catalog.imports.values.text import ascii_digits
from catalog.money import divide_rounded

MILLIGRAMS: dict[str, Decimal] = {
    "mg": Decimal(1),
    "g": Decimal(1_000),
    "gr": Decimal(1_000),
    "gram": Decimal(1_000),
    "grams": Decimal(1_000),
    "kg": Decimal(1_000_000),
    "kgs": Decimal(1_000_000),
    "kilogram": Decimal(1_000_000),
    "kilograms": Decimal(1_000_000),
    "t": Decimal(1_000_000_000),
    "oz": Decimal("28349.523125"),
    "ounce": Decimal("28349.523125"),
    "ounces": Decimal("28349.523125"),
    "lb": Decimal("453592.37"),
    "lbs": Decimal("453592.37"),
    "pound": Decimal("453592.37"),
    "pounds": Decimal("453592.37"),
}
"""Source: the international pound of 1959 is 0.45359237 kg exactly, and has 16 ounces."""
WEIGHT = re.compile(r"(?P<number>\d[\d.,' ]*|[.,]\d+)\s*(?P<unit>[a-z]*)\.?")


def read_weight(text: str, unit: str, decimal_sign: str) -> int | None:
    """Return the grams of a weight, rounded half to even; None if it is not one. 0 is no weight, too: it is not known.

    `unit` is for texts without one. `decimal_sign` is that of the file's prices, "" if open.
    """
    weight = WEIGHT.fullmatch(ascii_digits(text).strip().casefold())
    number = parse_number(weight["number"].strip()) if weight else None
    factor = MILLIGRAMS.get((weight["unit"] if weight else "") or unit.casefold())
    if number is None or factor is None or (number.is_ambiguous and not decimal_sign):
        return None
    milligrams = Decimal((number.with_sign(decimal_sign) if number.is_ambiguous else number).plain) * factor
    grams = divide_rounded(int(milligrams), 1_000) if milligrams < MAX_INTEGER * 1_000 else 0
    return grams or None
