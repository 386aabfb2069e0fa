"""What must hold between the rows at any moment: the ledger, the caps, and the stock."""

from django.db import connection

from payouts.verification import CHECKS
from tests.money_machine.unit_checks import UNIT_CHECKS
from tests.money_machine.world import STOCK
from tests.payouts.money_bounds import BOUNDS

STOCK_QUERY = "stock is neither created nor lost"

_STOCK_CHECK = """
SELECT product.slug, product.stock::text, 'STOCK' FROM catalog_product product
LEFT JOIN LATERAL (
    SELECT sum(line.quantity) AS units FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.product_id = product.id AND placed.state <> 'cancelled'
) sold ON true
LEFT JOIN LATERAL (
    SELECT sum(part.quantity) AS units FROM shop_refundline part
    JOIN shop_orderline line ON line.id = part.order_line_id JOIN shop_refund refund ON refund.id = part.refund_id
    WHERE line.product_id = product.id AND refund.is_restocked AND refund.state NOT IN ('requested', 'refused', 'accepted', 'received')
) back ON true
LEFT JOIN LATERAL (
    SELECT sum(part.quantity - part.refunded_quantity) AS units FROM shop_parcelline part
    JOIN shop_orderline line ON line.id = part.order_line_id JOIN shop_parcel parcel ON parcel.id = part.parcel_id
    WHERE line.product_id = product.id AND parcel.resent_at IS NOT NULL
) again ON true
WHERE product.stock + coalesce(sold.units, 0) + coalesce(again.units, 0) - coalesce(back.units, 0) <> STOCK
""".replace("STOCK", str(STOCK))
"""Units are in stock or in orders, or took the place of lost ones; those that came back are in stock again."""


_MOVEMENT_CHECK = """
SELECT product.slug, variant.stock::text, coalesce(sum(movement.change), 0)::text
FROM catalog_variant variant JOIN catalog_product product ON product.id = variant.product_id
LEFT JOIN catalog_stockmovement movement ON movement.variant_id = variant.id
GROUP BY product.id, variant.id
HAVING variant.stock <> coalesce(sum(movement.change), 0)
    OR product.stock <> (SELECT sum(each.stock) FROM catalog_variant each WHERE each.product_id = product.id)
"""
"""Every change of stock is a movement, and products have the stock of their variants."""


def _name_rows(name: str, query: str, columns: str = "found.*") -> str:
    return f"SELECT '{name.replace("'", "''")}', {columns} FROM ({query}) found"  # noqa: S608


_ROW_CHECKS = " UNION ALL ".join(
    [
        *(_name_rows(name, query, "'', '', ''") for name, query in BOUNDS.items() if name != STOCK_QUERY),
        *(_name_rows(check.name, check.query) for check in CHECKS),
        _name_rows(STOCK_QUERY, _STOCK_CHECK),
        *(_name_rows(name, query) for name, query in UNIT_CHECKS.items()),
        _name_rows("Movements add up to the stock.", _MOVEMENT_CHECK),
    ]
)


def check_rows() -> None:
    """Run every check of the ledger, of the caps and of the stock, as one query."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_ROW_CHECKS)
        broken = cursor.fetchall()
        assert not broken, broken
