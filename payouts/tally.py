"""The tally, which books earned slots, payable order lines, the sales of merchants, and what is returned.

The queue consists of the rows in other apps that have no posting yet. One SQL statement books all rows of a kind.
Postings have unique keys, so nothing is booked twice, even if two tallies run at the same time. See
docs/decisions/0006-ledger.md.

Order lines are locked before they are booked, and assessed while they are: whether a commission may be earned can still
change until then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from catalog.models import HOUSE_ID
from creators.slots import FINAL_AFTER
from payouts.ledger import lock_returns
from payouts.related_payees import find_payee_signals
from payouts.sales import book_refund_shares, book_sales
from payouts.sponsorship_income import book_sponsorships
from payouts.tally_sql import EARNED, book_due
from shop.commission_holds import assess_locked

_EARNED_SLOTS = """
    SELECT 'fee-' || slot.id AS key, 'fee' AS kind, enrolment.creator_id, slot.settled_at AS occurred_at, slot.currency,
        slot.fee_minor::bigint AS gross_minor, slot.agency_minor::bigint AS agency_minor, slot.agency_id,
        slot.id AS slot_id, NULL::bigint AS order_line_id, NULL::bigint AS refund_line_id,
        NULL::bigint AS refund_share_id, NULL::bigint AS merchant_id, 'fees' AS paid_from
    FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
    WHERE slot.state = 'earned' AND slot.fee_minor > 0 AND slot.settled_at <= %(settled_by)s
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.slot_id = slot.id AND done.kind = 'fee')
"""

_PAYER = f"""
        NULL::bigint AS refund_share_id, nullif(line.merchant_id, {HOUSE_ID}) AS merchant_id,
        CASE line.merchant_id WHEN {HOUSE_ID} THEN 'commissions' ELSE 'merchant' END AS paid_from
"""

_PAYABLE_LINES = f"""
    SELECT 'commission-' || line.id AS key, 'commission' AS kind, line.creator_id, greatest(line.payable_at, (
            SELECT max(hold.decided_at) FROM shop_commissionhold hold WHERE hold.line_id = line.id
        )) AS occurred_at,
        placed.currency, line.commission_minor AS gross_minor, line.agency_minor, line.agency_id,
        NULL::bigint AS slot_id, line.id AS order_line_id, NULL::bigint AS refund_line_id, {_PAYER}
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.id = ANY(%(lines)s) AND line.commission_minor > 0
    AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')
"""  # noqa: S608  # constants

# A line that somebody else has locked is left to the next run.
_LOCK_LINES = """
    SELECT line.id FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.creator_id IS NOT NULL AND line.payable_at <= %s AND line.commission_minor > 0
    AND placed.state <> 'disputed'
    AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')
    AND line.commission_booked_at IS NULL
    ORDER BY line.id FOR NO KEY UPDATE OF line SKIP LOCKED
"""

# Also marks lines that an earlier run booked without marking them.
_MARK_BOOKED = """
    UPDATE shop_orderline line SET commission_booked_at = %s
    FROM unnest(%s::bigint[]) due (id)
    JOIN payouts_posting done ON done.order_line_id = due.id AND done.kind = 'commission'
    WHERE line.id = due.id
"""

# If the commission was reversed, a return has nothing left to reverse.
_RETURNS = f"""
    SELECT 'return-' || back.id AS key, 'return' AS kind, line.creator_id,
        greatest(refund.created_at, earned.occurred_at) AS occurred_at, refund.currency,
        -back.commission_minor AS gross_minor, -back.agency_minor AS agency_minor, line.agency_id,
        NULL::bigint AS slot_id, line.id AS order_line_id, back.id AS refund_line_id, {_PAYER}
    FROM shop_refundline back
    JOIN shop_refund refund ON refund.id = back.refund_id
    JOIN shop_orderline line ON line.id = back.order_line_id
    JOIN payouts_posting earned ON earned.order_line_id = line.id AND earned.kind = 'commission'
    WHERE refund.state NOT IN ('requested', 'refused', 'accepted', 'received') AND (back.commission_minor > 0 OR back.agency_minor > 0)
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.order_line_id = line.id AND done.kind = 'reversal')
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.refund_line_id = back.id)
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class TallyCounts:
    """The number of postings that one run wrote, by kind."""

    fees: int
    commissions: int
    returns: int
    sales: int = 0
    refunds: int = 0
    sponsored: int = 0


def tally(*, now: datetime) -> TallyCounts:
    """Book everything that is due at `now`. Return how many postings were written. Nothing is booked twice.

    A fee is booked only after the approval of its clip can no longer be undone. So a booked fee never has to be
    withdrawn.
    """
    with transaction.atomic():
        fees = _book(_EARNED_SLOTS, now)
        lines = _lock_payable_lines(now)
        assess_locked(line_ids=lines, now=now, more=find_payee_signals(lines, now=now))
        commissions = _book_commissions(lines, now) if lines else 0
        sales, sponsored = book_sales(now), book_sponsorships(now)
        lock_returns()
        return TallyCounts(fees, commissions, _book(_RETURNS, now), sales, book_refund_shares(now), sponsored)


def _lock_payable_lines(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_LINES, [now])
        return [line_id for (line_id,) in cursor.fetchall()]


def _book_commissions(lines: list[int], now: datetime) -> int:
    count = _book(_PAYABLE_LINES, now, lines)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_BOOKED, [now, lines])
    return count


def _book(due: str, now: datetime, lines: Sequence[int] = ()) -> int:
    values: dict[str, Any] = {"now": now, "settled_by": now - FINAL_AFTER, "lines": list(lines)}
    return book_due(due, EARNED, values)
