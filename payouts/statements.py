"""Queries for a creator's statement: balances, statement lines, daily earnings, and the best clips and products."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.db.models import DateTimeField, F, Q, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone, localtime

from creators.models import Creator
from payouts.models import Posting, PostingKind, StatementLine, StatementLineQuerySet

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
    """A clip (by code) or a product (by name), with its net earnings."""

    name: str
    currency: str
    net_minor: int


@dataclass(frozen=True)
class BestEarners:
    """The clips and products that earned the most, best first. The ranking of products counts only commissions."""

    clips: list[Earner]
    products: list[Earner]


_BALANCES = """
SELECT currency, sum(owed)::bigint, sum(paid)::bigint, sum(held)::bigint, sum(pending)::bigint, sum(checking)::bigint FROM (
    SELECT account.currency, booked.owed, 0 AS paid, 0 AS held, 0 AS pending, 0 AS checking
    FROM payouts_account account JOIN LATERAL (
        SELECT sum(entry.amount_minor)::bigint AS owed FROM payouts_entry entry WHERE entry.account_id = account.id
    ) booked ON booked.owed IS NOT NULL
    WHERE account.creator_id = %(creator)s
    UNION ALL
    SELECT currency, 0, amount_minor, 0, 0, 0 FROM payouts_payout
    WHERE creator_id = %(creator)s AND state IN ('paid', 'reconciled', 'sending', 'unknown')
    UNION ALL
    SELECT slot.currency, 0, 0, slot.fee_minor - slot.agency_minor, 0, 0
    FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
    WHERE enrolment.creator_id = %(creator)s AND slot.state IN ('held', 'earned')
        AND NOT EXISTS (SELECT FROM payouts_posting booked WHERE booked.slot_id = slot.id AND booked.kind = 'fee')
    UNION ALL
    SELECT placed.currency, 0, 0, 0, line.commission_minor - line.agency_minor - coalesce(back.net_minor, 0), 0
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    LEFT JOIN LATERAL (
        SELECT sum(part.commission_minor - part.agency_minor) AS net_minor
        FROM shop_refundline part WHERE part.order_line_id = line.id AND line.refunded_quantity > 0
    ) back ON true
    WHERE line.creator_id = %(creator)s AND line.payable_at > %(now)s AND line.commission_minor > 0
        AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')
    UNION ALL
    SELECT placed.currency, 0, 0, 0, 0, line.commission_minor - line.agency_minor - coalesce(back.net_minor, 0)
    FROM shop_commissionhold hold
    JOIN shop_orderline line ON line.id = hold.line_id JOIN shop_order placed ON placed.id = line.order_id
    LEFT JOIN LATERAL (
        SELECT sum(part.commission_minor - part.agency_minor) AS net_minor
        FROM shop_refundline part WHERE part.order_line_id = line.id AND line.refunded_quantity > 0
    ) back ON true
    WHERE line.creator_id = %(creator)s AND hold.state = 'held'
) parts GROUP BY currency ORDER BY currency
"""

_OLDEST_OF_PAGE = """
coalesce((
    SELECT occurred_at FROM (
        (SELECT occurred_at FROM payouts_posting
        WHERE creator_id = %s AND occurred_at >= %s AND occurred_at < %s ORDER BY 1 DESC LIMIT %s)
        UNION ALL
        (SELECT slot.settled_at FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
        WHERE (slot.state = 'released' OR slot.state = 'earned' AND slot.fee_minor = 0) AND enrolment.creator_id = %s AND slot.settled_at >= %s AND slot.settled_at < %s
        ORDER BY 1 DESC LIMIT %s)
        UNION ALL
        (SELECT placed.paid_at FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
        WHERE line.commission_minor = 0 AND line.creator_id = %s AND placed.paid_at >= %s AND placed.paid_at < %s
        ORDER BY 1 DESC LIMIT %s)
        UNION ALL
        (SELECT placed.paid_at FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
        WHERE line.commission_minor > 0 AND line.payable_at > now() - interval '30 days'
        AND NOT EXISTS (SELECT FROM payouts_posting WHERE order_line_id = line.id AND kind = 'commission')
        AND line.creator_id = %s AND placed.paid_at >= %s AND placed.paid_at < %s ORDER BY 1 DESC LIMIT %s)
        UNION ALL
        (SELECT placed.paid_at FROM shop_commissionhold hold JOIN shop_orderline line ON line.id = hold.line_id
        JOIN shop_order placed ON placed.id = line.order_id WHERE hold.state = 'held'
        AND line.creator_id = %s AND placed.paid_at >= %s AND placed.paid_at < %s ORDER BY 1 DESC LIMIT %s)
    ) newest ORDER BY 1 DESC OFFSET %s LIMIT 1
), %s)
"""
"""SQL for the time of the last line on a page. If the page is not full, it is the start of the month.

The statement view has five sources. The query reads only the newest rows of each.
"""


_BEST_EARNERS = """
WITH earned AS (
    SELECT posting.slot_id, line.clip_id, line.product_name, posting.currency,
        sum(posting.gross_minor - posting.agency_minor) AS net_minor
    FROM payouts_posting posting
    LEFT JOIN shop_orderline line ON line.id = posting.order_line_id AND line.creator_id = posting.creator_id
    WHERE posting.creator_id = %(creator)s AND posting.kind = ANY(%(kinds)s)
    GROUP BY 1, 2, 3, 4
), named AS (
    SELECT earned.*, coalesce(
        (SELECT clip_code FROM creators_slot WHERE id = slot_id), (SELECT code FROM videos_clip WHERE id = clip_id), ''
    ) AS clip_code FROM earned
)
(SELECT 'clip', clip_code, currency, sum(net_minor)::bigint FROM named GROUP BY 2, 3 ORDER BY 4 DESC, 2 LIMIT %(at_most)s)
UNION ALL
(SELECT 'product', product_name, currency, sum(net_minor)::bigint FROM earned
WHERE product_name IS NOT NULL GROUP BY 2, 3 ORDER BY 4 DESC, 2 LIMIT %(at_most)s)
"""
"""SQL for the best-earning clips and products.

The query sums the postings, because the statement view would join every line first. The condition on the order line's
creator lets the planner use the creator's index instead of reading all order lines.
"""


def get_balances(*, creator: Creator, now: datetime) -> list[Balance]:
    """Return a creator's balances, one for each currency, ordered by currency."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"creator": creator.pk, "now": now})
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
        return lines.filter(occurred_at__gte=RawSQL(_OLDEST_OF_PAGE, values, DateTimeField()))[:at_most]
    # Without a month, read the time first: the planner assumes that an unknown bound matches a third of all rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT" + _OLDEST_OF_PAGE, values)
        [oldest_at] = cursor.fetchone()
    return lines.filter(occurred_at__gte=oldest_at)[:at_most]


def get_daily_earnings(*, creator: Creator, month: Month) -> list[DayEarnings]:
    """Return the net earnings for each day and currency, oldest first. Days without earnings are left out."""
    postings = Posting.objects.filter(creator=creator, kind__in=EARNING)
    in_month = postings.filter(occurred_at__gte=month.start, occurred_at__lt=month.next.start)
    net = Sum(F("gross_minor") - F("agency_minor"))
    sums = in_month.values("currency", on=TruncDate("occurred_at", tzinfo=get_default_timezone())).annotate(earned=net)
    return [DayEarnings(row["on"], row["currency"], row["earned"]) for row in sums.order_by("on")]


def get_best_earners(*, creator: Creator, at_most: int = 20) -> BestEarners:
    """Return the clips and products that have earned the creator the most, at most `at_most` of each."""
    with connection.cursor() as cursor:
        cursor.execute(_BEST_EARNERS, {"creator": creator.pk, "kinds": list(EARNING), "at_most": at_most})
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
