"""Reading a creator's statement: balances, a month's lines, and what earned by day, clip and product."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncDate

from creators.models import Creator
from payouts.models import PostingKind, StatementLine, StatementLineQuerySet

EARNING = (PostingKind.FEE, PostingKind.COMMISSION, PostingKind.RETURN, PostingKind.REVERSAL)
"""Kinds of line that are earnings; the others move what was earned to the bank and back."""


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        return cls(moment.year, moment.month)

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """Read “2026-11”; None for anything else."""
        try:
            start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls.of(start)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

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
class Balance:
    """In one currency: what is owed now, what was paid out, and what is still on its way to becoming owed."""

    currency: str
    owed_minor: int
    paid_minor: int
    held_minor: int
    pending_minor: int


@dataclass(frozen=True)
class Day:
    on: date
    currency: str
    net_minor: int


@dataclass(frozen=True)
class Share:
    """What one clip or one product earned, in net."""

    name: str
    currency: str
    net_minor: int


_BALANCES = """
SELECT currency, sum(owed)::bigint, sum(paid)::bigint, sum(held)::bigint, sum(pending)::bigint FROM (
    SELECT account.currency, entry.amount_minor AS owed, 0 AS paid, 0 AS held, 0 AS pending
    FROM payouts_account account JOIN payouts_entry entry ON entry.account_id = account.id
    WHERE account.creator_id = %(creator)s
    UNION ALL
    SELECT currency, 0, amount_minor, 0, 0 FROM payouts_payout
    WHERE creator_id = %(creator)s AND state IN ('paid', 'reconciled', 'sending', 'unknown')
    UNION ALL
    SELECT slot.currency, 0, 0, slot.fee_minor - slot.agency_minor, 0
    FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
    WHERE enrolment.creator_id = %(creator)s AND (slot.state = 'held' OR (slot.state = 'earned'
        AND NOT EXISTS (SELECT FROM payouts_posting booked WHERE booked.slot_id = slot.id AND booked.kind = 'fee')))
    UNION ALL
    SELECT placed.currency, 0, 0, 0, line.commission_minor - line.agency_minor - coalesce(back.net_minor, 0)
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    LEFT JOIN LATERAL (
        SELECT sum(part.commission_minor - part.agency_minor) AS net_minor
        FROM shop_refundline part WHERE part.order_line_id = line.id AND line.refunded_quantity > 0
    ) back ON true
    WHERE line.creator_id = %(creator)s AND line.payable_at > %(now)s
) parts GROUP BY currency ORDER BY currency
"""


def balances_of(*, creator: Creator, now: datetime) -> list[Balance]:
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"creator": creator.pk, "now": now})
        return [Balance(*row) for row in cursor.fetchall()]


def lines_of(*, creator: Creator, month: Month | None = None) -> StatementLineQuerySet:
    """Return a creator's lines, newest first, of one month or of all time."""
    lines = StatementLine.objects.of(creator).newest_first()
    return lines.between(month.start, month.next.start) if month else lines


def earned_by_day(*, creator: Creator, month: Month) -> list[Day]:
    """Return what each day of the month earned in net, for days with earnings."""
    days = lines_of(creator=creator, month=month).filter(kind__in=EARNING).order_by()
    sums = days.values("currency", on=TruncDate("occurred_at", tzinfo=UTC)).annotate(earned=Sum("net_minor"))
    return [Day(row["on"], row["currency"], row["earned"]) for row in sums.order_by("on")]


def earned_by_clip(*, creator: Creator, at_most: int = 20) -> list[Share]:
    """Return the clips that earned most, of all time."""
    lines = lines_of(creator=creator).filter(kind__in=EARNING).order_by()
    sums = lines.values("clip_code", "currency").annotate(earned=Sum("net_minor")).order_by("-earned")
    return [Share(row["clip_code"], row["currency"], row["earned"]) for row in sums[:at_most]]


def earned_by_product(*, creator: Creator, at_most: int = 20) -> list[Share]:
    """Return the products whose sales earned most, of all time."""
    lines = lines_of(creator=creator).filter(order_line__isnull=False, kind__in=EARNING).order_by()
    sums = lines.values("order_line__product_name", "currency").annotate(earned=Sum("net_minor")).order_by("-earned")
    return [Share(row["order_line__product_name"], row["currency"], row["earned"]) for row in sums[:at_most]]


def stream(lines: StatementLineQuerySet, *, at_once: int = 2000) -> Iterator[StatementLine]:
    """Read lines with their reasons in bounded memory."""
    return lines.with_reasons().iterator(chunk_size=at_once)


def total_of(days: Sequence[Day]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for day in days:
        totals[day.currency] = totals.get(day.currency, 0) + day.net_minor
    return totals
