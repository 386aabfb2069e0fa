"""A merchant's statement: its balances, and the postings that its account has, each with what it consists of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.timezone import get_default_timezone

from catalog.models import Merchant, MerchantState
from payouts.models import Entry, Posting, PostingKind
from payouts.statements import Month
from shop.models import OrderLine

SHARING = (PostingKind.COMMISSION, PostingKind.RETURN, PostingKind.REVERSAL)
"""Kinds of posting that a creator shares with the merchant: what the one gets, the other pays."""

TRADING = (PostingKind.SALE, PostingKind.REFUND, *SHARING)
"""Kinds of posting that are a merchant's earnings. The others move money to the bank and back."""


@dataclass(frozen=True)
class MerchantBalance:
    """What a merchant is owed now, what will be added when return periods end, and what was sent to its bank."""

    currency: str
    owed_minor: int
    pending_minor: int
    paid_minor: int


@dataclass(frozen=True)
class MerchantLine:
    """A posting of a merchant, and what its net amount consists of, in minor units."""

    posting: Posting
    net_minor: int
    sale_minor: int = 0
    discount_minor: int = 0
    fee_minor: int = 0
    commission_minor: int = 0

    @property
    def currency(self) -> str:
        return self.posting.currency

    @property
    def occurred_at(self) -> datetime:
        return self.posting.occurred_at

    @property
    def order_code(self) -> str:
        line, share = self.posting.order_line, self.posting.refund_share
        return line.order.code if line else share.refund.order.code if share else ""


@dataclass(frozen=True)
class MerchantYear:
    """What a merchant earned and was paid in a year by the shop's time zone, in minor units."""

    year: int
    currency: str
    net_minor: int
    paid_minor: int


def get_merchant_balances(merchant: Merchant) -> list[MerchantBalance]:
    """Return a merchant's balances, one for each currency."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"merchant": merchant.pk})
        return [MerchantBalance(*row) for row in cursor.fetchall()]


def find_pay_hold(merchant: Merchant) -> str:
    """Return why nothing is paid out to the merchant, or "". What it is owed is held while it is suspended."""
    return (merchant.decision_reason or "–") if merchant.state == MerchantState.SUSPENDED else ""


def find_merchant_postings(merchant: Merchant, month: Month | None = None) -> QuerySet[Posting]:
    """Return the postings of a merchant's statement, newest first, each with its `entered_minor`."""
    entries = Entry.objects.filter(posting=OuterRef("pk"), account__merchant=merchant).order_by().values("posting")
    entered = Subquery(entries.annotate(sum=Sum("amount_minor")).values("sum"), output_field=IntegerField())
    postings = Posting.objects.filter(merchant=merchant).annotate(entered_minor=Coalesce(entered, 0))
    if month is not None:
        postings = postings.filter(occurred_at__gte=month.start, occurred_at__lt=month.next.start)
    related = ("order_line__order", "order_line__product", "refund_share__refund__order", "payout")
    postings = postings.select_related(*related).prefetch_related("refund_share__refund__lines__order_line__product")
    return postings.order_by("-occurred_at", "-pk")


def read_lines(postings: Iterable[Posting]) -> Iterator[MerchantLine]:
    """Yield the lines of postings that `find_merchant_postings` returned."""
    for posting in postings:
        line, share, net_minor = posting.order_line, posting.refund_share, int(getattr(posting, "entered_minor", 0))
        if posting.kind == PostingKind.SALE and line:
            yield MerchantLine(posting, net_minor, line.sale_minor, line.discount_minor, -line.fee_minor)
        elif share:
            yield MerchantLine(posting, net_minor, -share.amount_minor, -share.discount_minor, share.fee_minor)
        elif posting.kind in SHARING:
            yield MerchantLine(posting, net_minor, commission_minor=net_minor)
        else:
            yield MerchantLine(posting, net_minor)


def find_pending_sales(merchant: Merchant) -> QuerySet[OrderLine]:
    """Return the lines whose return period goes on, the newest order first."""
    pending = OrderLine.objects.filter(merchant=merchant, payable_at__isnull=False, sale_booked_at=None)
    return pending.select_related("order", "product").order_by("-order", "pk")


def get_merchant_years(merchant: Merchant) -> list[MerchantYear]:
    """Return a merchant's totals by year and currency, the newest year first.

    Earnings count in the year in which they became payable, and payouts in the year in which they arrived.
    """
    zone, totals = get_default_timezone(), dict[tuple[int, str], list[int]]()
    earned = Entry.objects.filter(account__merchant=merchant, posting__kind__in=TRADING)
    years = earned.annotate(year=ExtractYear("posting__occurred_at", tzinfo=zone), currency=F("account__currency"))
    arrived = merchant.payouts.arrived().annotate(year=ExtractYear("settled_at", tzinfo=zone))
    for place, rows in enumerate((years, arrived)):
        for row in rows.order_by().values("year", "currency").annotate(total=Sum("amount_minor")):
            totals.setdefault((row["year"], row["currency"]), [0, 0])[place] = row["total"]
    return [
        MerchantYear(*key, *sums) for key, sums in sorted(totals.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]


# What is pending: sales that are not booked, less commissions and shares of refunds that are not booked either.
_BALANCES = """
SELECT currency, sum(owed)::bigint, sum(pending)::bigint, sum(paid)::bigint FROM (
    SELECT account.currency, entry.amount_minor AS owed, 0 AS pending, 0 AS paid
    FROM payouts_account account JOIN payouts_entry entry ON entry.account_id = account.id
    WHERE account.merchant_id = %(merchant)s
    UNION ALL
    SELECT currency, 0, 0, amount_minor FROM payouts_payout
    WHERE merchant_id = %(merchant)s AND state IN ('paid', 'reconciled', 'sending', 'unknown')
    UNION ALL
    SELECT placed.currency, 0, line.amount_minor + line.discount_minor - line.fee_minor
        + CASE WHEN placed.prices_include_tax THEN 0 ELSE line.tax_minor END, 0
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.merchant_id = %(merchant)s AND line.payable_at IS NOT NULL AND line.sale_booked_at IS NULL
    UNION ALL
    SELECT placed.currency, 0, coalesce((
            SELECT sum(back.commission_minor) FROM shop_refundline back WHERE back.order_line_id = line.id
        ), 0) - line.commission_minor, 0
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.merchant_id = %(merchant)s AND line.payable_at IS NOT NULL AND line.commission_booked_at IS NULL
        AND line.commission_minor > 0
    UNION ALL
    SELECT refund.currency, 0, share.fee_minor - share.amount_minor - share.discount_minor, 0
    FROM shop_refundshare share JOIN shop_refund refund ON refund.id = share.refund_id
    WHERE share.merchant_id = %(merchant)s
        AND NOT EXISTS (SELECT FROM payouts_posting booked WHERE booked.refund_share_id = share.id)
) parts GROUP BY currency ORDER BY currency
"""
