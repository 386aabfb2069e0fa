"""Numbers with a decimal sign that may be a point or a comma, as in exports and spreadsheets of all countries."""

import re
from dataclasses import dataclass
from typing import Self

from catalog.imports.values.text import cache_short

PLAIN = re.compile(r"\d+")
SPACED = re.compile(r"\d{1,3}(?:(?P<gap>[ '])\d{3})(?:(?P=gap)\d{3})*(?:[.,]\d+)?")
"""1 299,00 and 1'299.00: what follows the groups is the decimal sign."""
GROUPED = re.compile(r"\d{1,3}(?P<group>[.,])(?:\d{2,3}(?P=group))*\d{3}(?P<decimal>[.,])\d+")
"""1.299,00 and 1,29,900.00. The signs have to differ."""
THOUSANDS = re.compile(r"\d{1,3}(?P<group>[.,])(?:\d{3}(?P=group))+\d{3}")
TWO_WAYS = re.compile(r"[1-9]\d{0,2}(?P<sign>[.,])\d{3}")
"""1,299: one thousand or one."""
DECIMAL = re.compile(r"(?P<whole>\d*)(?P<decimal>[.,])(?P<fraction>\d+)")
OTHER_SIGN = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number without sign: the digits before and after its decimal sign."""

    whole: str
    fraction: str = ""
    decimal_sign: str = ""
    """What the file's decimal sign is, if this number shows it: a point, a comma or nothing."""
    is_ambiguous: bool = False
    """`decimal_sign` is then only one of two possible ones."""

    def with_sign(self, decimal_sign: str) -> Self:
        """Return an ambiguous number as it reads in a file with this decimal sign."""
        if not self.is_ambiguous or decimal_sign == self.decimal_sign:
            return type(self)(self.whole, self.fraction)
        return type(self)(self.whole + self.fraction)

    @property
    def plain(self) -> str:
        """Return the number with a point, for Decimal."""
        return f"{self.whole or 0}.{self.fraction or 0}"


@cache_short
def parse_number(text: str) -> WrittenNumber | None:
    """Return the number that a text in ASCII digits is, or None if it is none, such as 1.2.3, 1e5 or 19 99."""
    if PLAIN.fullmatch(text):
        return WrittenNumber(text)
    if SPACED.fullmatch(text):
        return parse_number(text.replace(" ", "").replace("'", "")) if not re.search("[.,]", text) else _spaced(text)
    if (grouped := GROUPED.fullmatch(text)) and grouped["group"] != grouped["decimal"]:
        whole, fraction = text.rsplit(grouped["decimal"], 1)
        return WrittenNumber(whole.replace(grouped["group"], ""), fraction, grouped["decimal"])
    if thousands := THOUSANDS.fullmatch(text):
        return WrittenNumber(text.replace(thousands["group"], ""), "", OTHER_SIGN[thousands["group"]])
    if two_ways := TWO_WAYS.fullmatch(text):
        whole, fraction = text.split(two_ways["sign"])
        return WrittenNumber(whole, fraction, two_ways["sign"], is_ambiguous=True)
    if decimal := DECIMAL.fullmatch(text):
        return WrittenNumber(decimal["whole"], decimal["fraction"], decimal["decimal"])
    return None


def _spaced(text: str) -> WrittenNumber:
    sign = "," if "," in text else "."
    whole, fraction = re.sub("[ ']", "", text).split(sign)
    return WrittenNumber(whole, fraction, sign)
