"""SQL that books all rows of a kind at once. `due` selects the rows, and `parts` says what each puts on which accounts."""

from typing import Any

from django.db import connection

EARNED = """
    ('creator', due.creator_id, NULL::bigint, NULL::bigint, due.gross_minor - due.agency_minor),
    ('agency', NULL, due.agency_id, NULL, due.agency_minor),
    (due.paid_from, NULL, NULL, due.merchant_id, -due.gross_minor)
"""
"""What a creator and an agency earn. The commission on a merchant's sale is paid by the merchant, all else by the house."""

SOLD = """
    ('merchant', NULL::bigint, NULL::bigint, due.merchant_id, due.gross_minor),
    ('sales', NULL, NULL, NULL, -due.sale_minor),
    ('discounts', NULL, NULL, NULL, -due.discount_minor),
    ('sales_fees', NULL, NULL, NULL, due.fee_minor)
"""
"""What a merchant is owed for a sale: what was paid, and the house's discount, without the house's fee."""

_PARTS = """
CROSS JOIN LATERAL (VALUES {parts}) part (kind, creator_id, agency_id, merchant_id, amount_minor)
"""

_OPEN_ACCOUNTS = f"""
INSERT INTO payouts_account (kind, creator_id, agency_id, merchant_id, currency)
SELECT DISTINCT part.kind, part.creator_id, part.agency_id, part.merchant_id, due.currency
FROM ({{due}}) due {_PARTS}
WHERE part.amount_minor <> 0
ORDER BY 1, 2, 3, 4
ON CONFLICT DO NOTHING
"""  # noqa: S608  # constants

_BOOK = f"""
WITH due AS MATERIALIZED ({{due}}), fresh AS (
    INSERT INTO payouts_posting (
        key, kind, creator_id, merchant_id, occurred_at, booked_at, currency, gross_minor, agency_minor, slot_id,
        order_line_id, refund_line_id, refund_share_id, reason
    )
    SELECT key, kind, creator_id, merchant_id, occurred_at, %(now)s, currency, gross_minor, agency_minor, slot_id,
        order_line_id, refund_line_id, refund_share_id, ''
    FROM due ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key
), booked AS (
    INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
    SELECT fresh.id, account.id, part.amount_minor
    FROM fresh JOIN due USING (key) {_PARTS}
    JOIN payouts_account account ON account.kind = part.kind AND account.currency = due.currency
        AND account.creator_id IS NOT DISTINCT FROM part.creator_id
        AND account.agency_id IS NOT DISTINCT FROM part.agency_id
        AND account.merchant_id IS NOT DISTINCT FROM part.merchant_id
    WHERE part.amount_minor <> 0
    RETURNING posting_id
)
SELECT count(*) FROM fresh
"""  # noqa: S608  # constants


def book_due(due: str, parts: str, values: dict[str, Any]) -> int:
    """Book the rows that `due` selects. Return how many were not booked before."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ACCOUNTS.format(due=due, parts=parts), values)
        cursor.execute(_BOOK.format(due=due, parts=parts), values)
        return int(cursor.fetchone()[0])
