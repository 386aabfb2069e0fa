"""The part of the tally that books the sales of merchants, and their shares of refunds.

A sale is booked in full once its return period is over, whatever was refunded before: each share of a refund is a posting
of its own, so neither has to know of the other. See docs/decisions/0027-merchants.md.
"""

from datetime import datetime

from django.db import connection

from catalog.models import HOUSE_ID
from payouts.tally_sql import SOLD, book_due

# A line that somebody else has locked is left to the next run.
_LOCK_LINES = """
    SELECT line.id FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.merchant_id <> %s AND line.payable_at <= %s AND line.sale_booked_at IS NULL AND placed.state <> 'disputed'
    ORDER BY line.id FOR NO KEY UPDATE OF line SKIP LOCKED
"""

_SALES = """
    SELECT 'sale-' || sold.id AS key, 'sale' AS kind, NULL::bigint AS creator_id, sold.merchant_id,
        sold.payable_at AS occurred_at, sold.currency,
        sold.sale_minor + sold.discount_minor - sold.fee_minor AS gross_minor, 0 AS agency_minor,
        sold.sale_minor, sold.discount_minor, sold.fee_minor,
        NULL::bigint AS slot_id, sold.id AS order_line_id, NULL::bigint AS refund_line_id, NULL::bigint AS refund_share_id
    FROM (
        SELECT line.*, placed.currency,
            line.amount_minor + CASE WHEN placed.prices_include_tax THEN 0 ELSE line.tax_minor END AS sale_minor
        FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
        WHERE line.id = ANY(%(lines)s)
    ) sold
"""

_MARK_BOOKED = """
    UPDATE shop_orderline line SET sale_booked_at = %s
    FROM unnest(%s::bigint[]) due (id)
    JOIN payouts_posting done ON done.order_line_id = due.id AND done.kind = 'sale'
    WHERE line.id = due.id
"""

_REFUNDS = """
    SELECT 'refund-' || share.id AS key, 'refund' AS kind, NULL::bigint AS creator_id, share.merchant_id,
        greatest(refund.created_at, sold.payable_at) AS occurred_at, refund.currency,
        share.fee_minor - share.amount_minor - share.discount_minor AS gross_minor, 0 AS agency_minor,
        -share.amount_minor AS sale_minor, -share.discount_minor AS discount_minor, -share.fee_minor AS fee_minor,
        NULL::bigint AS slot_id, NULL::bigint AS order_line_id, NULL::bigint AS refund_line_id, share.id AS refund_share_id
    FROM shop_refundshare share
    JOIN shop_refund refund ON refund.id = share.refund_id
    CROSS JOIN LATERAL (
        SELECT max(line.payable_at) AS payable_at, bool_and(line.sale_booked_at IS NOT NULL) AS is_booked
        FROM shop_orderline line WHERE line.order_id = refund.order_id AND line.merchant_id = share.merchant_id
    ) sold
    WHERE sold.is_booked AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.refund_share_id = share.id)
"""


def book_sales(now: datetime) -> int:
    """Book the sales that are due, and mark their lines. Return how many postings were written."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_LINES, [HOUSE_ID, now])
        lines = [line_id for (line_id,) in cursor.fetchall()]
    if not lines:
        return 0
    count = book_due(_SALES, SOLD, {"now": now, "lines": lines})
    with connection.cursor() as cursor:
        cursor.execute(_MARK_BOOKED, [now, lines])
    return count


def book_refund_shares(now: datetime) -> int:
    """Book what merchants bear of refunds whose sales are booked. Return how many postings were written."""
    return book_due(_REFUNDS, SOLD, {"now": now})
