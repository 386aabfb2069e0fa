"""Stock and availability in catalogue files."""

import re

from catalog.imports.limits import MAX_INTEGER
from catalog.imports.remarks import RefusalReason, RowRefused
from catalog.imports.results import Availability
from catalog.imports.values.numbers import parse_number
from catalog.imports.values.text import ascii_digits

AVAILABILITIES = {
    "instock": Availability.IN_STOCK,
    "availablefororder": Availability.IN_STOCK,
    "available": Availability.IN_STOCK,
    "onlineonly": Availability.IN_STOCK,
    "limitedavailability": Availability.IN_STOCK,
    "instoreonly": Availability.OUT_OF_STOCK,
    "reserved": Availability.OUT_OF_STOCK,
    "outofstock": Availability.OUT_OF_STOCK,
    "soldout": Availability.OUT_OF_STOCK,
    "discontinued": Availability.OUT_OF_STOCK,
    "preorder": Availability.PREORDER,
    "presale": Availability.PREORDER,
    "backorder": Availability.BACKORDER,
    "madetoorder": Availability.BACKORDER,
    "onbackorder": Availability.BACKORDER,
}
"""Google's and schema.org's values. Sources: https://support.google.com/merchants/answer/6324448,
https://schema.org/ItemAvailability"""


def read_availability(text: str) -> Availability:
    """Return the availability that a text such as “in stock” or https://schema.org/InStock means. Raises RowRefused."""
    if not text.strip():
        raise RowRefused(RefusalReason.NO_AVAILABILITY)
    word = re.sub(r"^https?://schema\.org/", "", ascii_digits(text).strip().rstrip("/").casefold())
    availability = AVAILABILITIES.get(re.sub(r"[\s_-]+", "", word))
    if availability is None:
        raise RowRefused(RefusalReason.UNKNOWN_AVAILABILITY, text=text.strip()[:40])
    return availability


def read_stock(text: str, decimal_sign: str) -> int:
    """Return a number of units, which is negative if the source says so. Raises RowRefused."""
    plain = ascii_digits(text).strip()
    number = parse_number(plain.lstrip("+-")) if len(plain) - len(plain.lstrip("+-")) <= 1 else None
    if number and number.is_ambiguous:
        number = number.with_sign(decimal_sign) if decimal_sign else None
    if number is None or number.fraction.strip("0") or len(number.whole) > 10:
        raise RowRefused(RefusalReason.NOT_A_STOCK, text=text.strip()[:40])
    units = int(number.whole or 0)
    if units > MAX_INTEGER:
        raise RowRefused(RefusalReason.NOT_A_STOCK, text=text.strip()[:40])
    return -units if plain.startswith("-") else units
