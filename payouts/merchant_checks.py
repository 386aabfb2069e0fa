"""Checks of what merchants are owed, for `payouts.verification`: pairs of a name and a query of discrepancies."""

from collections.abc import Iterator

from payouts.merchant_statements import find_merchant_postings, get_merchant_balances, read_lines
from payouts.models import Account

_ENTERED = """(SELECT coalesce(sum(entry.amount_minor), 0) FROM payouts_entry entry
    JOIN payouts_account account ON account.id = entry.account_id
    WHERE entry.posting_id = posting.id AND account.{condition})"""
_TERMS = {
    "owed": """line.amount_minor + line.discount_minor - line.fee_minor
        + CASE WHEN placed.prices_include_tax THEN 0 ELSE line.tax_minor END""",
    "owed_back": "share.amount_minor + share.discount_minor - share.fee_minor",
    "net": _ENTERED.format(condition="merchant_id = posting.merchant_id"),
    "fee": _ENTERED.format(condition="kind = 'sales_fees'"),
}
"""What a line and a share of a refund come to, and what a posting put on the merchant's account and on that of fees."""

_QUERIES = (
    (
        "a merchant's sale is booked as its order line says",
        """SELECT posting.key, posting.gross_minor || ' fee ' || {fee}, ({owed}) || ' fee ' || line.fee_minor
        FROM payouts_posting posting JOIN shop_orderline line ON line.id = posting.order_line_id
        JOIN shop_order placed ON placed.id = line.order_id
        WHERE posting.kind = 'sale' AND (line.payable_at IS NULL OR line.merchant_id <> posting.merchant_id
            OR posting.gross_minor <> ({owed}) OR {fee} <> line.fee_minor)""",
    ),
    (
        "an order line knows whether its sale is booked",
        """SELECT line.id::text, coalesce(line.sale_booked_at::text, ''), coalesce(posting.key, '')
        FROM shop_orderline line
        LEFT JOIN payouts_posting posting ON posting.order_line_id = line.id AND posting.kind = 'sale'
        WHERE (line.sale_booked_at IS NULL) <> (posting.id IS NULL)""",
    ),
    (
        "a merchant bears of a refund what its share says",
        """SELECT posting.key, posting.gross_minor || ' fee ' || {fee}, -({owed_back}) || ' fee ' || -share.fee_minor
        FROM payouts_posting posting JOIN shop_refundshare share ON share.id = posting.refund_share_id
        WHERE share.merchant_id <> posting.merchant_id OR posting.gross_minor <> -({owed_back})
            OR {fee} <> -share.fee_minor""",
    ),
    (
        "a posting's amount is the entry on its merchant's account",
        """SELECT posting.key, {net}::text, posting.gross_minor::text FROM payouts_posting posting
        WHERE posting.merchant_id IS NOT NULL AND {net} <> CASE
            WHEN posting.kind IN ('commission', 'return', 'reversal') THEN -posting.gross_minor ELSE posting.gross_minor END""",
    ),
    (
        "a merchant is owed its sales of an order, less what was refunded of them",
        """SELECT placed.code || ' merchant ' || booked.merchant_id, booked.net::text, coalesce(sold.owed - back.owed, 0)::text
        FROM (
            SELECT coalesce(line.order_id, refund.order_id) AS order_id, posting.merchant_id, sum({net}) AS net
            FROM payouts_posting posting
            LEFT JOIN shop_orderline line ON line.id = posting.order_line_id
            LEFT JOIN shop_refundshare share ON share.id = posting.refund_share_id
            LEFT JOIN shop_refund refund ON refund.id = share.refund_id
            WHERE posting.kind IN ('sale', 'refund') GROUP BY 1, 2
        ) booked
        JOIN shop_order placed ON placed.id = booked.order_id
        CROSS JOIN LATERAL (
            SELECT sum({owed}) AS owed FROM shop_orderline line WHERE line.order_id = placed.id
                AND line.merchant_id = booked.merchant_id AND line.sale_booked_at IS NOT NULL
        ) sold
        CROSS JOIN LATERAL (
            SELECT coalesce(sum({owed_back}), 0) AS owed FROM shop_refundshare share
            JOIN shop_refund refund ON refund.id = share.refund_id
            JOIN payouts_posting done ON done.refund_share_id = share.id
            WHERE refund.order_id = placed.id AND share.merchant_id = booked.merchant_id
        ) back
        WHERE booked.net <> coalesce(sold.owed - back.owed, 0)""",
    ),
    (
        "merchants bear no more of a refund than it is",
        """SELECT 'refund ' || refund.id, refund.amount_minor::text, sum(share.amount_minor)::text
        FROM shop_refund refund JOIN shop_refundshare share ON share.refund_id = refund.id
        GROUP BY refund.id HAVING sum(share.amount_minor) > refund.amount_minor""",
    ),
)
MERCHANT_CHECKS = tuple((name, query.format(**_TERMS)) for name, query in _QUERIES)


def compare_merchant_totals() -> Iterator[tuple[str, str, str]]:
    """Yield each merchant's account whose balance is not on its page, or not the sum of its statement's lines."""
    for account in Account.objects.filter(merchant__isnull=False).select_related("merchant").order_by("pk"):
        assert account.merchant is not None
        entered = sum(account.entries.values_list("amount_minor", flat=True))
        balances = {balance.currency: balance.owed_minor for balance in get_merchant_balances(account.merchant)}
        postings = find_merchant_postings(account.merchant).filter(currency=account.currency)
        lines = list(read_lines(postings.iterator(chunk_size=2000)))
        parts = [line.sale_minor + line.discount_minor + line.fee_minor + line.commission_minor for line in lines]
        moved = sum(line.net_minor for line, part in zip(lines, parts, strict=True) if not part)
        for reported in (balances.get(account.currency, 0), sum(line.net_minor for line in lines), sum(parts) + moved):
            if reported != entered:
                yield str(account), str(reported), str(entered)
