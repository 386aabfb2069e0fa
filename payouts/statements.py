"""Queries for a creator's statement: balances, statement lines, daily earnings, and the best clips and products."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Q
from django.db.models.expressions import RawSQL
from django.utils.timezone import get_default_timezone, localtime

from creators.models import Creator
from payouts.models import PostingKind, StatementLine, StatementLineQuerySet
from payouts.statement_sql import BALANCES, BEST_EARNERS, OLDEST_OF_PAGE, OVERVIEW

EARNING = (PostingKind.FEE, PostingKind.COMMISSION, PostingKind.RETURN, PostingKind.REVERSAL)
"""Kinds of posting that are earnings. The others move money to the bank and back."""

MIN_TIME, MAX_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
LINE_ID = re.compile(r"(posting|slot|line|pending|held)-[0-9]{1,18}")


@dataclass(frozen=True)
class Month:
    """A month in the shop's time zone, the setting TIME_ZONE."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        local = localtime(moment, get_default_timezone())
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """Return the month for a text such as “2026-11”, or None if the text has another form."""
        try:
            start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(start.year, start.month) if 1970 <= start.year < 9999 else None

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=get_default_timezone())

    @property
    def days(self) -> int:
        return monthrange(self.year, self.month)[1]

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True)
class LineCursor:
    """A position in a creator's statement, where the newest lines come first. The next page starts after it."""

    occurred_at: datetime
    line_id: str

    @classmethod
    def of(cls, line: StatementLine) -> "LineCursor":
        return cls(line.occurred_at, line.pk)

    @classmethod
    def parse(cls, text: str) -> "LineCursor | None":
        """Return the cursor for its text form, or None if the text has another form.

        An example is “2026-11-22T09:30:00.000001+00:00~posting-7”.
        """
        moment, _tilde, line_id = text.partition("~")
        try:
            occurred_at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(occurred_at, line_id) if occurred_at.tzinfo and LINE_ID.fullmatch(line_id) else None

    def __str__(self) -> str:
        return f"{self.occurred_at.astimezone(UTC).isoformat()}~{self.line_id}"


@dataclass(frozen=True)
class Balance:
    """A creator's balances in one currency. They are paid, owed now, or not yet owed (held, pending and checking).

    Commissions are pending until their return period ends, unless they are held: then they wait for a check by staff.
    """

    currency: str
    owed_minor: int
    paid_minor: int
    held_minor: int
    pending_minor: int
    checking_minor: int = 0


@dataclass(frozen=True)
class DayEarnings:
    """Net earnings of one day in one currency."""

    on: date
    currency: str
    net_minor: int


@dataclass(frozen=True)
class Earner:
    """A clip (by code, with its caption) or a product (by name), with its net earnings."""

    name: str
    currency: str
    net_minor: int
    caption: str = ""


@dataclass(frozen=True)
class BestEarners:
    """The clips and products that earned the most, best first. The ranking of products counts only commissions."""

    clips: list[Earner]
    products: list[Earner]


def get_balances(*, creator: Creator) -> list[Balance]:
    """Return a creator's balances, one for each currency, ordered by currency."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, {"creator": creator.pk})
        return [Balance(*row) for row in cursor.fetchall()]


def get_statement_lines(*, creator: Creator, month: Month | None = None) -> StatementLineQuerySet:
    """Return a creator's statement lines for one month, or for all time, newest first."""
    lines = StatementLine.objects.of(creator).newest_first()
    return lines.between(month.start, month.next.start) if month else lines


def get_statement_page(
    *, creator: Creator, month: Month | None, after: LineCursor | None, at_most: int
) -> StatementLineQuerySet:
    """Return one page of a creator's statement lines, newest first, fetched using `with_reasons()`.

    If `month` is None, lines from all months are returned. If `after` is given, the page starts after this cursor. The
    database view joins rows before it sorts them. To keep this fast, the query first finds the time of the page's last
    line.
    """
    lines = get_statement_lines(creator=creator, month=month).with_reasons()
    start, end = (month.start, month.next.start) if month else (MIN_TIME, MAX_TIME)
    if after is not None:
        end = min(end, after.occurred_at)
        lines = lines.filter(
            Q(occurred_at__lt=after.occurred_at) | Q(id__lt=after.line_id), occurred_at__lte=after.occurred_at
        )
    source = (creator.pk, start, end, at_most)
    values = (*source * 5, at_most - 1, start)
    if month is not None:
        return lines.filter(occurred_at__gte=RawSQL(OLDEST_OF_PAGE, values, DateTimeField()))[:at_most]
    # Without a month, read the time first: the planner assumes that an unknown bound matches a third of all rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT" + OLDEST_OF_PAGE, values)
        [oldest_at] = cursor.fetchone()
    return lines.filter(occurred_at__gte=oldest_at)[:at_most]


def get_overview(*, creator: Creator, month: Month) -> tuple[list[Balance], list[DayEarnings]]:
    """Return a creator's balances as `get_balances` does, and the net earnings of a month, in one query.

    The earnings are one for each day and currency, oldest first. Days without earnings are left out.
    """
    values: dict[str, Any] = {"creator": creator.pk, "kinds": list(EARNING), "zone": str(get_default_timezone())}
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, values | {"start": month.start, "end": month.next.start})
        rows = cursor.fetchall()
    balances = [Balance(*amounts) for day, *amounts in rows if day is None]
    return balances, [DayEarnings(day, currency, net) for day, currency, net, *_zeros in rows if day is not None]


def get_best_earners(*, creator: Creator, at_most: int = 20) -> BestEarners:
    """Return the clips and products that have earned the creator the most, at most `at_most` of each."""
    with connection.cursor() as cursor:
        cursor.execute(BEST_EARNERS, {"creator": creator.pk, "kinds": list(EARNING), "at_most": at_most})
        earners = [(kind, Earner(*values)) for kind, *values in cursor.fetchall()]
    return BestEarners(
        clips=[earner for kind, earner in earners if kind == "clip"],
        products=[earner for kind, earner in earners if kind == "product"],
    )


def stream_lines(lines: StatementLineQuerySet, *, chunk_size: int = 2000) -> Iterator[StatementLine]:
    """Return an iterator over statement lines, fetched using `with_reasons()`.

    It reads the lines in chunks, to limit memory use.
    """
    return lines.with_reasons().iterator(chunk_size=chunk_size)


def sum_by_currency(days: Sequence[DayEarnings]) -> dict[str, int]:
    """Return the total net earnings for each currency, in minor units."""
    totals: dict[str, int] = {}
    for day in days:
        totals[day.currency] = totals.get(day.currency, 0) + day.net_minor
    return totals
