"""Verification of the ledger. Balances are rebuilt from the entries and compared with the reported ones.

Each check is a query that returns only discrepancies, so the database can check even a million entries in one pass.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision
from django.db import connection

from creators.models import Creator
from payouts.csv_export import iterate_csv_rows
from payouts.merchant_checks import MERCHANT_CHECKS, compare_merchant_totals
from payouts.models import StatementLine
from payouts.serializers import BalanceSerializer, StatementLineSerializer
from payouts.sponsorship_income import SPONSORSHIP_CHECKS
from payouts.statements import get_balances, stream_lines


@dataclass(frozen=True)
class Check:
    """A ledger check. `query` returns (subject, recorded value, rebuilt value) for each discrepancy."""

    name: str
    query: str


@dataclass(frozen=True)
class Discrepancy:
    """A recorded value that differs from the value rebuilt from other rows."""

    check: str
    subject: str
    recorded: str
    rebuilt: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject} recorded {self.recorded}, rebuilt {self.rebuilt}"


CHECKS = (
    Check(
        "entries of a posting sum to zero",
        """SELECT posting_id::text, sum(amount_minor)::text, '0'
        FROM payouts_entry GROUP BY posting_id HAVING sum(amount_minor) <> 0""",
    ),
    Check(
        "a posting's net amount is the entry on its creator's account",
        """SELECT posting.key, (posting.gross_minor - posting.agency_minor)::text, coalesce(sum(entry.amount_minor), 0)::text
        FROM payouts_posting posting
        LEFT JOIN payouts_account account ON account.creator_id = posting.creator_id
            AND account.currency = posting.currency
        LEFT JOIN payouts_entry entry ON entry.posting_id = posting.id AND entry.account_id = account.id
        WHERE posting.creator_id IS NOT NULL
        GROUP BY posting.id
        HAVING posting.gross_minor - posting.agency_minor <> coalesce(sum(entry.amount_minor), 0)""",
    ),
    Check(
        "booked fees are the fees of earned slots",
        """SELECT posting.key, posting.gross_minor || ' and ' || posting.agency_minor,
            slot.state || ' ' || slot.fee_minor || ' and ' || slot.agency_minor
        FROM payouts_posting posting JOIN creators_slot slot ON slot.id = posting.slot_id
        WHERE posting.kind = 'fee' AND (slot.state, slot.fee_minor::bigint, slot.agency_minor::bigint)
            IS DISTINCT FROM ('earned', posting.gross_minor, posting.agency_minor)""",
    ),
    Check(
        "booked commissions are the commissions of paid order lines",
        """SELECT posting.key, posting.gross_minor::text, line.commission_minor::text
        FROM payouts_posting posting JOIN shop_orderline line ON line.id = posting.order_line_id
        WHERE posting.kind = 'commission' AND (
            line.payable_at IS NULL OR line.commission_minor <> posting.gross_minor
            OR line.agency_minor <> posting.agency_minor)""",
    ),
    Check(
        "an order line knows whether its commission is booked",
        """SELECT line.id::text, coalesce(line.commission_booked_at::text, ''), coalesce(posting.key, '')
        FROM shop_orderline line
        LEFT JOIN payouts_posting posting ON posting.order_line_id = line.id AND posting.kind = 'commission'
        WHERE (line.commission_booked_at IS NULL) <> (posting.id IS NULL)""",
    ),
    Check(
        "no order line reverses more than it earned",
        """SELECT line.id::text, sum(-posting.gross_minor)::text, line.commission_minor::text
        FROM payouts_posting posting JOIN shop_orderline line ON line.id = posting.order_line_id
        WHERE posting.kind IN ('return', 'reversal')
        GROUP BY line.id HAVING sum(-posting.gross_minor) > line.commission_minor""",
    ),
    Check(
        "a campaign's counter matches its slots",
        """SELECT campaign.slug, campaign.taken_count || ' taken', count(slot.id) || ' held or earned'
        FROM creators_campaign campaign
        LEFT JOIN creators_enrolment enrolment ON enrolment.campaign_id = campaign.id
        LEFT JOIN creators_slot slot ON slot.enrolment_id = enrolment.id AND slot.state <> 'released'
        GROUP BY campaign.id HAVING campaign.taken_count <> count(slot.id)""",
    ),
    Check(
        "an enrolment's counters match its slots",
        """SELECT enrolment.id::text, enrolment.held_count || ' held, ' || enrolment.earned_count || ' earned',
            count(slot.id) FILTER (WHERE slot.state = 'held') || ' held, '
            || count(slot.id) FILTER (WHERE slot.state = 'earned') || ' earned'
        FROM creators_enrolment enrolment LEFT JOIN creators_slot slot ON slot.enrolment_id = enrolment.id
        GROUP BY enrolment.id
        HAVING enrolment.held_count <> count(slot.id) FILTER (WHERE slot.state = 'held')
            OR enrolment.earned_count <> count(slot.id) FILTER (WHERE slot.state = 'earned')""",
    ),
    Check(
        "a statement sums to its account",
        """SELECT 'creator ' || creator_id || ' ' || currency, sum(net)::text, sum(entered)::text FROM (
            SELECT creator_id, currency, net_minor AS net, 0 AS entered FROM payouts_statement_line
            UNION ALL
            SELECT account.creator_id, account.currency, 0, entry.amount_minor
            FROM payouts_entry entry JOIN payouts_account account ON account.id = entry.account_id
            WHERE account.creator_id IS NOT NULL
        ) both_sides GROUP BY creator_id, currency HAVING sum(net) <> sum(entered)""",
    ),
    Check(
        "sent payouts are booked payouts",
        """SELECT 'payout ' || payout.id || ' ' || payout.state, coalesce(-sum(entry.amount_minor), 0)::text,
            (CASE WHEN payout.state IN ('planned', 'failed', 'dropped', 'returned') THEN 0 ELSE payout.amount_minor END)::text
        FROM payouts_payout payout
        LEFT JOIN payouts_posting posting ON posting.payout_id = payout.id
        LEFT JOIN payouts_account account ON account.currency = payout.currency
            AND (account.creator_id = payout.creator_id OR account.agency_id = payout.agency_id
                OR account.merchant_id = payout.merchant_id)
        LEFT JOIN payouts_entry entry ON entry.posting_id = posting.id AND entry.account_id = account.id
        GROUP BY payout.id
        HAVING coalesce(-sum(entry.amount_minor), 0)
            <> CASE WHEN payout.state IN ('planned', 'failed', 'dropped', 'returned') THEN 0 ELSE payout.amount_minor END""",
    ),
    Check(
        "an order's refunded amount is the sum of its refunds",
        """SELECT placed.code, placed.refunded_minor::text, coalesce(sum(refund.amount_minor), 0)::text
        FROM shop_order placed
        LEFT JOIN shop_refund refund ON refund.order_id = placed.id AND refund.state NOT IN ('requested', 'refused', 'accepted', 'received')
        GROUP BY placed.id HAVING placed.refunded_minor <> coalesce(sum(refund.amount_minor), 0)""",
    ),
    *(Check(name, query) for name, query in (*MERCHANT_CHECKS, *SPONSORSHIP_CHECKS)),
)


def find_discrepancies(*, includes_statements: bool = True) -> Iterator[Discrepancy]:
    """Run all checks and yield the discrepancies. If there are none, the ledger is sound.

    If `includes_statements`, also compare each creator's accounts with the totals on the page, in the CSV and in the
    API, and each merchant's with its statement.
    """
    for check in CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(check.query)
            for subject, recorded, rebuilt in cursor.fetchall():
                yield Discrepancy(check.name, subject, recorded, rebuilt)
    if includes_statements:
        for creator in Creator.objects.filter(postings__isnull=False).distinct().iterator():
            yield from _compare_reported_totals(creator)
        for subject, recorded, rebuilt in compare_merchant_totals():
            yield Discrepancy("a merchant's statement sums to its account", subject, recorded, rebuilt)


def get_reported_totals(creator: Creator) -> dict[str, dict[str, int]]:
    """Return what the creator is owed according to the page, the CSV and the API.

    The result maps "page", "CSV" and "API" to totals by currency, in minor units. Each total comes from the code that
    produces that page, file or response. The CSV and the API share one read of the statement lines, in bounded memory.
    """
    by_api: dict[str, int] = {}
    lines = stream_lines(StatementLine.objects.of(creator).newest_first())
    by_csv = _csv_totals(iterate_csv_rows(_add_up_api_lines(lines, by_api)))
    balances = BalanceSerializer(get_balances(creator=creator), many=True).data
    by_page = {balance["currency"]: balance["owed_minor"] for balance in balances}
    return {"CSV": by_csv, "API": by_api, "page": by_page}


def get_account_totals(creator: Creator) -> dict[str, int]:
    """Return the balances of the creator's ledger accounts by currency, in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT account.currency, sum(entry.amount_minor)::bigint FROM payouts_account account
            JOIN payouts_entry entry ON entry.account_id = account.id WHERE account.creator_id = %s GROUP BY 1""",
            [creator.pk],
        )
        return {str(currency): int(total) for currency, total in cursor.fetchall()}


def _add_up_api_lines(lines: Iterable[StatementLine], totals: dict[str, int]) -> Iterator[StatementLine]:
    """Yield the lines unchanged, and add their net amounts, as the API reports them, to `totals`."""
    net = StatementLineSerializer().fields["net"]
    for line in lines:
        price = net.to_representation(net.get_attribute(line))
        totals[price["currency"]] = totals.get(price["currency"], 0) + price["amount_minor"]
        yield line


def _csv_totals(rows: Iterable[str]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in csv.DictReader(rows):
        net = Decimal(row["net"]).scaleb(get_currency_precision(row["currency"]))
        totals[row["currency"]] = totals.get(row["currency"], 0) + int(net)
    return totals


def _compare_reported_totals(creator: Creator) -> Iterator[Discrepancy]:
    rebuilt = get_account_totals(creator)
    for source, reported in get_reported_totals(creator).items():
        for currency in sorted({*reported, *rebuilt}):
            if reported.get(currency, 0) != rebuilt.get(currency, 0):
                subject = f"@{creator.handle} {currency}"
                name = f"the {source} sums to the account"
                yield Discrepancy(name, subject, str(reported.get(currency, 0)), str(rebuilt.get(currency, 0)))
