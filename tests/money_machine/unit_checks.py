"""What must hold between units, parcels and discount codes at any moment, as queries that return what is wrong."""

_PACKED = """
SELECT line.id::text, line.packed_quantity::text, coalesce(parts.units, 0)::text
FROM shop_orderline line LEFT JOIN LATERAL (
    SELECT sum(part.quantity - CASE WHEN parcel.resent_at IS NULL THEN 0 ELSE part.quantity - part.refunded_quantity END) AS units
    FROM shop_parcelline part JOIN shop_parcel parcel ON parcel.id = part.parcel_id
    WHERE part.order_line_id = line.id AND parcel.state <> 'cancelled'
) parts ON true
WHERE line.packed_quantity <> coalesce(parts.units, 0)
    OR line.packed_quantity - line.returned_quantity > line.quantity - line.refunded_quantity
"""

_PACKING_LIST = """
SELECT placed.code, placed.packing_due_at::text, sum(line.quantity - line.refunded_quantity + line.returned_quantity - line.packed_quantity)::text
FROM shop_order placed JOIN shop_orderline line ON line.order_id = placed.id
WHERE placed.records_parcels AND placed.paid_at IS NOT NULL
GROUP BY placed.id
HAVING (placed.packing_due_at IS NOT NULL)
    <> (sum(line.quantity - line.refunded_quantity + line.returned_quantity - line.packed_quantity) > 0)
"""

_DISCOUNT_USES = """
SELECT code.code, code.uses_count::text, count(counted.id)::text
FROM shop_discountcode code
LEFT JOIN shop_discountuse counted ON counted.code_id = code.id AND counted.given_back_at IS NULL
GROUP BY code.id
HAVING code.uses_count <> count(counted.id) OR code.uses_count > coalesce(code.uses_limit, code.uses_count)
"""

_GIVEN_BACK = """
SELECT placed.code, placed.state, used.given_back_at::text
FROM shop_discountuse used JOIN shop_order placed ON placed.id = used.order_id
WHERE (placed.state = 'cancelled') <> (used.given_back_at IS NOT NULL)
"""

_DISCOUNTS = """
SELECT placed.code, placed.discount_minor::text, sum(line.discount_minor)::text
FROM shop_order placed JOIN shop_orderline line ON line.order_id = placed.id
GROUP BY placed.id
HAVING placed.discount_minor <> sum(line.discount_minor) OR placed.goods_minor <> sum(line.amount_minor)
    OR (placed.discount_minor > 0 AND placed.discount_name = '')
"""

UNIT_CHECKS = {
    "Units are in as many parcels as are counted, and no more than were paid.": _PACKED,
    "The packing list has the orders with units to pack.": _PACKING_LIST,
    "A code is used as often as orders with it stand.": _DISCOUNT_USES,
    "A use is given back exactly if its order was cancelled.": _GIVEN_BACK,
    "Discounts of the lines add up to that of the order.": _DISCOUNTS,
}
