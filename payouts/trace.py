"""Tracing of a payout's money to the orders, clips and approvals that earned it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from payouts.models import Payout


@dataclass(frozen=True)
class Origin:
    """One posting that a payout pays, with the order, click, clip and approval behind it."""

    key: str
    net_minor: int
    order_code: str | None
    clicked_at: datetime | None
    clip_code: str | None
    revision_number: int | None
    approver: str | None


# A payout pays the postings on the payee's account that came after the previous payout, up to `covers_until`. If one of
# them says that the bank returned an earlier payout, it also pays what that payout was to pay.
# The revision behind a fee is the one whose approval earned the slot. The revision behind a commission is the one that
# was live when the shopper clicked on the product.
_TRACE = """
WITH RECURSIVE sent AS (
    SELECT payout.id, payout.covers_until, payout.creator_id, payout.agency_id, payout.merchant_id, payout.currency, account.id AS account_id
    FROM payouts_payout payout JOIN payouts_account account ON account.currency = payout.currency
        AND (account.creator_id = payout.creator_id OR account.agency_id = payout.agency_id
            OR account.merchant_id = payout.merchant_id)
    WHERE payout.id = %(payout)s
), span AS (
    SELECT payout.id, payout.covers_until, coalesce((
        SELECT max(earlier.covers_until) FROM payouts_payout earlier
        WHERE (earlier.creator_id = payout.creator_id OR earlier.agency_id = payout.agency_id
            OR earlier.merchant_id = payout.merchant_id)
            AND earlier.currency = payout.currency AND earlier.id < payout.id
            AND earlier.state IN ('sending', 'unknown', 'paid', 'reconciled', 'returned')
    ), 0) AS covers_from
    FROM sent JOIN payouts_payout payout ON payout.currency = sent.currency
        AND (payout.creator_id = sent.creator_id OR payout.agency_id = sent.agency_id
            OR payout.merchant_id = sent.merchant_id)
    WHERE payout.id = sent.id OR payout.state = 'returned'
), covered AS (
    SELECT span.* FROM span JOIN sent ON sent.id = span.id
    UNION
    SELECT span.* FROM covered JOIN payouts_posting posting ON posting.kind = 'payout_return'
        AND posting.id > covered.covers_from AND posting.id <= covered.covers_until
    JOIN span ON span.id = posting.payout_id
), paid AS (
    SELECT posting.*, entry.amount_minor AS net_minor
    FROM covered CROSS JOIN sent
    JOIN payouts_entry entry ON entry.account_id = sent.account_id
    JOIN payouts_posting posting ON posting.id = entry.posting_id
    WHERE posting.id > covered.covers_from AND posting.id <= covered.covers_until
        AND posting.kind IN ('fee', 'commission', 'return', 'reversal', 'sale', 'refund')
    ORDER BY posting.id LIMIT %(count)s OFFSET %(start)s
)
SELECT paid.key, paid.net_minor, placed.code, click.clicked_at, clip.code, revision.number,
    moderator.email
FROM paid
LEFT JOIN creators_slot slot ON slot.id = paid.slot_id
LEFT JOIN shop_orderline line ON line.id = paid.order_line_id
LEFT JOIN shop_refundshare share ON share.id = paid.refund_share_id
LEFT JOIN shop_refund refund ON refund.id = share.refund_id
LEFT JOIN shop_order placed ON placed.id = coalesce(line.order_id, refund.order_id)
LEFT JOIN shop_click click ON click.id = line.click_id
LEFT JOIN videos_clip clip ON clip.id = line.clip_id OR clip.code = slot.clip_code
LEFT JOIN LATERAL (
    SELECT decision.* FROM videos_decision decision
    WHERE decision.clip_id = clip.id AND decision.action = 'approve'
        AND (click.revision_id IS NULL OR decision.revision_id = click.revision_id)
        AND decision.decided_at <= coalesce(slot.settled_at, 'infinity')
    ORDER BY decision.decided_at DESC LIMIT 1
) approval ON true
LEFT JOIN videos_revision revision ON revision.id = approval.revision_id
LEFT JOIN accounts_user moderator ON moderator.id = approval.moderator_id
ORDER BY paid.id
"""


def trace_payout(payout: Payout, *, start: int = 0, count: int | None = None) -> list[Origin]:
    """Return the postings that a payout pays and what is behind them, oldest first, in one query.

    Their net amounts sum to the payout's amount. `count` limits them, beginning with number `start`, from 0.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRACE, {"payout": payout.pk, "start": start, "count": count})
        return [Origin(*row) for row in cursor.fetchall()]
