"""What holds of the books at any moment, as queries."""

BOUNDS = {
    "all entries sum to zero": "SELECT 1 FROM payouts_entry HAVING sum(amount_minor) <> 0",
    "held and earned within the campaign's cap": """
        SELECT slug FROM creators_campaign WHERE (SELECT count(*) FROM creators_slot WHERE state <> 'released') > clips_cap
        OR taken_count > clips_cap""",
    "held and earned within each creator's cap": """
        SELECT enrolment.id FROM creators_enrolment enrolment JOIN creators_slot slot ON slot.enrolment_id = enrolment.id
        WHERE slot.state <> 'released' GROUP BY 1 HAVING count(*) > enrolment.clips_cap""",
    "each clip has at most one slot": """
        SELECT clip_code FROM creators_slot WHERE state <> 'released' GROUP BY 1 HAVING count(*) > 1""",
    "a payout is at most what was owed when it left": """
        SELECT payout.id FROM payouts_payout payout JOIN payouts_posting sent ON sent.payout_id = payout.id
            AND sent.kind = 'payout'
        JOIN payouts_account account ON account.currency = payout.currency
            AND (account.creator_id = payout.creator_id OR account.merchant_id = payout.merchant_id)
        WHERE (SELECT coalesce(sum(entry.amount_minor), 0) FROM payouts_entry entry
            WHERE entry.account_id = account.id AND entry.posting_id < sent.id) < payout.amount_minor""",
    "a reversal is at most what it reverses": """
        SELECT back.key FROM payouts_posting back JOIN payouts_posting first ON first.id = back.reverses_id
        WHERE -back.gross_minor > first.gross_minor OR -back.agency_minor > first.agency_minor""",
    "reversals and returns of a sale are at most its commission": """
        SELECT order_line_id FROM payouts_posting WHERE order_line_id IS NOT NULL AND kind <> 'sale'
        GROUP BY 1 HAVING sum(gross_minor) < 0""",
    "no more is taken back of a merchant's sales than they brought, and no fee is left once all came back": """
        SELECT placed.code FROM shop_order placed
        JOIN (SELECT order_id, merchant_id, sum(amount_minor + tax_minor) AS sold, sum(discount_minor) AS discounts,
            sum(fee_minor) AS fees, bool_and(refunded_quantity = quantity) AS is_back
            FROM shop_orderline WHERE merchant_id <> 1 GROUP BY 1, 2) line ON line.order_id = placed.id
        JOIN (SELECT refund.order_id, share.merchant_id, sum(share.amount_minor) AS back,
            sum(share.discount_minor) AS discounts, sum(share.fee_minor) AS fees
            FROM shop_refundshare share JOIN shop_refund refund ON refund.id = share.refund_id GROUP BY 1, 2) share
            ON share.order_id = placed.id AND share.merchant_id = line.merchant_id
        WHERE share.back > line.sold OR share.fees > line.fees OR share.discounts > line.discounts
            OR (line.is_back AND (share.fees <> line.fees OR share.discounts <> line.discounts))""",
    "a cancelled order that was never paid is never refunded": """
        SELECT code FROM shop_order WHERE state = 'cancelled' AND refunded_minor > 0""",
    "no more is refunded than was paid": "SELECT code FROM shop_order WHERE refunded_minor > total_minor",
    "stock is neither created nor lost": """
        SELECT product.slug FROM catalog_product product WHERE product.stock + coalesce((
            SELECT sum(line.quantity - line.refunded_quantity) FROM shop_orderline line
            JOIN shop_order placed ON placed.id = line.order_id
            WHERE line.product_id = product.id AND placed.state <> 'cancelled'), 0) <> 15""",
}
"""Invariants: each query returns the rows that violate it."""
