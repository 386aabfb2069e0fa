"""Periods of days in the shop's time zone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LENGTHS_DAYS = (7, 28, 90, 365)
DEFAULT_DAYS = 28
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Period:
    """A period from its first to its last day, both of them in it."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> "Period":
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def parse(cls, query: Mapping[str, str], *, until: date) -> "Period":
        """Return the period that a query asks for with `days`, or with `from` and `to`. By default, it is the last 28 days.

        Raises ValueError if it is no period, or longer than 366 days.
        """
        if query.get("from") or query.get("to"):
            period = cls(date.fromisoformat(query.get("from", "")), date.fromisoformat(query.get("to", "")))
            if not (1 <= period.days <= LONGEST_DAYS and period.first.year >= 2000 and period.last.year < 9000):
                raise ValueError
            return period
        days = int(query.get("days") or DEFAULT_DAYS)
        if days not in LENGTHS_DAYS:
            raise ValueError
        return cls.ending(until, days)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> "Period":
        """Return the period of the same length before this one."""
        return Period.ending(self.first - timedelta(days=1), self.days)

    def list_days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days)]
