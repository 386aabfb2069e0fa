"""Totals of each payee in a tax year, for the shop's and the payees' tax returns. Years follow the setting TIME_ZONE."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum
from django.utils.timezone import get_default_timezone

from catalog.csv_files import iterate_csv
from catalog.prices import plain_decimal
from creators.models import Agency, Creator
from payouts.models import Entry, Payout, PayoutAccount, Posting
from payouts.statements import EARNING

COLUMNS = (
    *("year", "payee", "handle", "name", "account_holder", "country", "tax_id"),
    *("currency", "gross", "agency", "net", "paid"),
)


@dataclass
class YearlyTotal:
    """What one payee earned and was paid in one year and currency, in minor units."""

    payee: Creator | Agency
    currency: str
    gross_minor: int = 0
    agency_minor: int = 0
    paid_minor: int = 0
    account: PayoutAccount | None = None

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.agency_minor


def get_yearly_totals(year: int) -> list[YearlyTotal]:
    """Return a total for each payee and currency, creators by handle and then agencies by name.

    Earnings count in the year in which they became payable, and payouts in the year in which they arrived. An agency's
    gross is its part of what its creators earned.
    """
    start, end = (datetime(number, 1, 1, tzinfo=get_default_timezone()) for number in (year, year + 1))
    totals: dict[tuple[str, int, str], YearlyTotal] = {}
    creators, agencies = Creator.objects.in_bulk(), Agency.objects.in_bulk()

    def find_total(creator_id: int | None, agency_id: int | None, currency: str) -> YearlyTotal:
        kind, payee_id = ("creator", creator_id) if creator_id else ("agency", agency_id)
        assert payee_id is not None
        payee = creators[payee_id] if kind == "creator" else agencies[payee_id]
        return totals.setdefault((kind, payee_id, currency), YearlyTotal(payee, currency))

    earned = Posting.objects.filter(
        kind__in=EARNING, creator__isnull=False, occurred_at__gte=start, occurred_at__lt=end
    )
    sums = earned.values("creator", "currency").annotate(gross=Sum("gross_minor"), agency=Sum("agency_minor"))
    for row in sums.order_by("creator", "currency"):
        total = find_total(row["creator"], None, row["currency"])
        total.gross_minor, total.agency_minor = row["gross"], row["agency"]
    shares = _get_agency_shares(start, end)
    for share in shares.values("account__agency", "account__currency").annotate(gross=Sum("amount_minor")).order_by():
        find_total(None, share["account__agency"], share["account__currency"]).gross_minor = share["gross"]
    arrived = Payout.objects.arrived().filter(settled_at__gte=start, settled_at__lt=end)
    for sent in arrived.values("creator", "agency", "currency").annotate(paid=Sum("amount_minor")).order_by():
        find_total(sent["creator"], sent["agency"], sent["currency"]).paid_minor = sent["paid"]
    _add_accounts(totals.values())
    return sorted(
        totals.values(), key=lambda total: (isinstance(total.payee, Agency), str(total.payee), total.currency)
    )


def iterate_yearly_csv(year: int) -> Iterator[str]:
    """Yield the lines of the CSV file, with tax IDs in full. Amounts are plain decimals, such as 25.00."""
    return iterate_csv(COLUMNS, (_read_cells(year, total) for total in get_yearly_totals(year)))


def _read_cells(year: int, total: YearlyTotal) -> list[object]:
    payee, account, currency = total.payee, total.account, total.currency
    return [
        year,
        "creator" if isinstance(payee, Creator) else "agency",
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


def _get_agency_shares(start: datetime, end: datetime) -> QuerySet[Entry]:
    return Entry.objects.filter(
        account__agency__isnull=False,
        posting__kind__in=EARNING,
        posting__occurred_at__gte=start,
        posting__occurred_at__lt=end,
    )


def _add_accounts(totals: Iterable[YearlyTotal]) -> None:
    accounts = {(account.creator_id, account.agency_id): account for account in PayoutAccount.objects.all()}
    for total in totals:
        is_creator = isinstance(total.payee, Creator)
        total.account = accounts.get((total.payee.pk, None) if is_creator else (None, total.payee.pk))
