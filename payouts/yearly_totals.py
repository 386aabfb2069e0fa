"""Totals of each payee in a tax year, for the shop's and the payees' tax returns. Years follow the setting TIME_ZONE."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import get_default_timezone

from catalog.csv_files import iterate_csv
from catalog.models import Merchant
from catalog.prices import plain_decimal
from creators.models import Agency, Creator
from payouts.models import Entry, Payout, PayoutAccount, Posting, PostingKind
from payouts.models.payee import PAYEES, Payee, PayeeKey, column_of
from payouts.statements import EARNING

COLUMNS = (
    *("year", "payee", "handle", "name", "account_holder", "country", "tax_id"),
    *("currency", "gross", "agency", "net", "paid"),
)


@dataclass
class YearlyTotal:
    """What one payee earned and was paid in one year and currency, in minor units."""

    payee: Payee
    currency: str
    gross_minor: int = 0
    agency_minor: int = 0
    paid_minor: int = 0
    account: PayoutAccount | None = None

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.agency_minor


def get_yearly_totals(year: int) -> list[YearlyTotal]:
    """Return a total for each payee and currency: creators by handle, then agencies and merchants by name.

    Earnings count in the year in which they became payable, and payouts in the year in which they arrived. An agency's
    gross is its part of what its creators earned; a merchant's is its sales less refunds, fees and commissions.
    """
    start, end = (datetime(number, 1, 1, tzinfo=get_default_timezone()) for number in (year, year + 1))
    totals: dict[tuple[PayeeKey, str], YearlyTotal] = {}
    payees = [model.objects.in_bulk() for model in (Creator, Agency, Merchant)]

    def find_total(key: PayeeKey, currency: str) -> YearlyTotal:
        [payee] = [rows[pk] for rows, pk in zip(payees, key, strict=True) if pk is not None]
        return totals.setdefault((key, currency), YearlyTotal(payee, currency))

    earned = Posting.objects.filter(
        kind__in=EARNING, creator__isnull=False, occurred_at__gte=start, occurred_at__lt=end
    )
    sums = earned.values("creator", "currency").annotate(gross=Sum("gross_minor"), agency=Sum("agency_minor"))
    for row in sums.order_by("creator", "currency"):
        total = find_total((row["creator"], None, None), row["currency"])
        total.gross_minor, total.agency_minor = row["gross"], row["agency"]
    columns = ("account__agency", "account__merchant", "account__currency")
    for share in _get_shares(start, end).values(*columns).annotate(gross=Sum("amount_minor")).order_by():
        agency_id, merchant_id, currency = (share[name] for name in columns)
        find_total((None, agency_id, merchant_id), currency).gross_minor = share["gross"]
    arrived = Payout.objects.arrived().filter(settled_at__gte=start, settled_at__lt=end)
    for sent in arrived.values(*PAYEES, "currency").annotate(paid=Sum("amount_minor")).order_by():
        find_total((sent["creator"], sent["agency"], sent["merchant"]), sent["currency"]).paid_minor = sent["paid"]
    accounts = {account.payee_key: account for account in PayoutAccount.objects.all()}
    for (key, _currency), total in totals.items():
        total.account = accounts.get(key)
    kinds = (Creator, Agency, Merchant)
    return sorted(totals.values(), key=lambda total: (kinds.index(type(total.payee)), str(total.payee), total.currency))


def iterate_yearly_csv(year: int) -> Iterator[str]:
    """Yield the lines of the CSV file, with tax IDs in full. Amounts are plain decimals, such as 25.00."""
    return iterate_csv(COLUMNS, (_read_cells(year, total) for total in get_yearly_totals(year)))


def _read_cells(year: int, total: YearlyTotal) -> list[object]:
    payee, account, currency = total.payee, total.account, total.currency
    return [
        year,
        column_of(payee),
        payee.handle if isinstance(payee, Creator) else "",
        payee.display_name if isinstance(payee, Creator) else payee.name,
        account.holder_name if account else "",
        account.country_code if account else "",
        account.tax_id if account else "",
        currency,
        plain_decimal(total.gross_minor, currency),
        plain_decimal(total.agency_minor, currency),
        plain_decimal(total.net_minor, currency),
        plain_decimal(total.paid_minor, currency),
    ]


def _get_shares(start: datetime, end: datetime) -> QuerySet[Entry]:
    """Return the entries of agencies and merchants."""
    return Entry.objects.filter(
        Q(account__agency__isnull=False) | Q(account__merchant__isnull=False),
        posting__kind__in=(*EARNING, PostingKind.SALE, PostingKind.REFUND),
        posting__occurred_at__gte=start,
        posting__occurred_at__lt=end,
    )
