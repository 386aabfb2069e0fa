"""SQL of statements that the ORM cannot express: balances, the extent of a page, and the best earners."""

BALANCES = """
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
    WHERE line.creator_id = %(creator)s AND line.payable_at IS NOT NULL AND line.commission_minor > 0
        AND line.commission_booked_at IS NULL
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

OVERVIEW = f"""
SELECT NULL::date, balance.* FROM ({BALANCES}) balance
UNION ALL
SELECT (occurred_at AT TIME ZONE %(zone)s)::date, currency, sum(gross_minor - agency_minor)::bigint, 0, 0, 0, 0
FROM payouts_posting
WHERE creator_id = %(creator)s AND kind = ANY(%(kinds)s) AND occurred_at >= %(start)s AND occurred_at < %(end)s
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  # BALANCES is a constant
"""SQL for the balances, on rows without a date, and for what each day of a month earned in each currency."""

OLDEST_OF_PAGE = """
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
        WHERE line.commission_minor > 0 AND line.commission_booked_at IS NULL AND line.payable_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')
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


BEST_EARNERS = """
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
(SELECT 'clip', clip_code, currency, sum(net_minor)::bigint,
    coalesce((SELECT caption FROM videos_clip WHERE code = clip_code), '')
FROM named GROUP BY 2, 3 ORDER BY 4 DESC, 2 LIMIT %(at_most)s)
UNION ALL
(SELECT 'product', product_name, currency, sum(net_minor)::bigint, '' FROM earned
WHERE product_name IS NOT NULL GROUP BY 2, 3 ORDER BY 4 DESC, 2 LIMIT %(at_most)s)
"""
"""SQL for the best-earning clips and products.

The query sums the postings, because the statement view would join every line first. The condition on the order line's
creator lets the planner use the creator's index instead of reading all order lines.
"""
