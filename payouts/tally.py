"""The tally, which books earned slots, payable order lines and returns.

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

from creators.slots import FINAL_AFTER
from payouts.ledger import lock_returns
from payouts.related_payees import find_payee_signals
from shop.commission_holds import assess_locked

_EARNED_SLOTS = """
    SELECT 'fee-' || slot.id AS key, 'fee' AS kind, enrolment.creator_id, slot.settled_at AS occurred_at, slot.currency,
        slot.fee_minor::bigint AS gross_minor, slot.agency_minor::bigint AS agency_minor, slot.agency_id,
        slot.id AS slot_id, NULL::bigint AS order_line_id, NULL::bigint AS refund_line_id, 'fees' AS paid_from
    FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
    WHERE slot.state = 'earned' AND slot.fee_minor > 0 AND slot.settled_at <= %(settled_by)s
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.slot_id = slot.id AND done.kind = 'fee')
"""

_PAYABLE_LINES = """
    SELECT 'commission-' || line.id AS key, 'commission' AS kind, line.creator_id, greatest(line.payable_at, (
            SELECT max(hold.decided_at) FROM shop_commissionhold hold WHERE hold.line_id = line.id
        )) AS occurred_at,
        placed.currency, line.commission_minor AS gross_minor, line.agency_minor, line.agency_id,
        NULL::bigint AS slot_id, line.id AS order_line_id, NULL::bigint AS refund_line_id, 'commissions' AS paid_from
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.id = ANY(%(lines)s) AND line.commission_minor > 0
    AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')
"""

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
_RETURNS = """
    SELECT 'return-' || back.id AS key, 'return' AS kind, line.creator_id,
        greatest(refund.created_at, earned.occurred_at) AS occurred_at, refund.currency,
        -back.commission_minor AS gross_minor, -back.agency_minor AS agency_minor, line.agency_id,
        NULL::bigint AS slot_id, line.id AS order_line_id, back.id AS refund_line_id, 'commissions' AS paid_from
    FROM shop_refundline back
    JOIN shop_refund refund ON refund.id = back.refund_id
    JOIN shop_orderline line ON line.id = back.order_line_id
    JOIN payouts_posting earned ON earned.order_line_id = line.id AND earned.kind = 'commission'
    WHERE refund.state NOT IN ('requested', 'refused', 'accepted', 'received') AND (back.commission_minor > 0 OR back.agency_minor > 0)
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.order_line_id = line.id AND done.kind = 'reversal')
    AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.refund_line_id = back.id)
"""

_OPEN_ACCOUNTS = """
INSERT INTO payouts_account (kind, creator_id, agency_id, currency)
SELECT DISTINCT owed.kind, owed.creator_id, owed.agency_id, due.currency
FROM ({due}) due
CROSS JOIN LATERAL (VALUES
    ('creator', due.creator_id, NULL::bigint), ('agency', NULL, due.agency_id), (due.paid_from, NULL, NULL)
) owed (kind, creator_id, agency_id)
WHERE owed.kind <> 'agency' OR owed.agency_id IS NOT NULL
ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
"""

_BOOK = """
WITH due AS MATERIALIZED ({due}), fresh AS (
    INSERT INTO payouts_posting (
        key, kind, creator_id, occurred_at, booked_at, currency, gross_minor, agency_minor, slot_id, order_line_id,
        refund_line_id, reason
    )
    SELECT key, kind, creator_id, occurred_at, %(now)s, currency, gross_minor, agency_minor, slot_id, order_line_id,
        refund_line_id, ''
    FROM due ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key
), booked AS (
    INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
    SELECT fresh.id, account.id, part.amount_minor
    FROM fresh JOIN due USING (key)
    CROSS JOIN LATERAL (VALUES
        ('creator', due.creator_id, NULL::bigint, due.gross_minor - due.agency_minor),
        ('agency', NULL, due.agency_id, due.agency_minor),
        (due.paid_from, NULL, NULL, -due.gross_minor)
    ) part (kind, creator_id, agency_id, amount_minor)
    JOIN payouts_account account ON account.kind = part.kind AND account.currency = due.currency
        AND account.creator_id IS NOT DISTINCT FROM part.creator_id
        AND account.agency_id IS NOT DISTINCT FROM part.agency_id
    WHERE part.amount_minor <> 0
    RETURNING posting_id
)
SELECT count(*) FROM fresh
"""


@dataclass(frozen=True)
class TallyCounts:
    """The number of postings that one run wrote, by kind."""

    fees: int
    commissions: int
    returns: int


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
        lock_returns()
        return TallyCounts(fees, commissions, _book(_RETURNS, now))


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
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"now": now, "settled_by": now - FINAL_AFTER, "lines": list(lines)}
        cursor.execute(_OPEN_ACCOUNTS.format(due=due), values)
        cursor.execute(_BOOK.format(due=due), values)
        return int(cursor.fetchone()[0])
