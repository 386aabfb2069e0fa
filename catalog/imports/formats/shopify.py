"""Shopify's CSV, with the column names of 2026 and the older ones.

Source: https://help.shopify.com/en/manual/products/import-export/using-csv
"""

from catalog.imports.formats.columns import ColumnSet
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.values.text import comparable

COLUMNS = ColumnSet(
    "Shopify CSV",
    fields={
        "handle": "handle",
        "url_handle": "handle",
        "title": "title",
        "body_html": "description",
        "description": "description",
        "vendor": "brand",
        "product_category": "category",
        "type": "product_types",
        "published": "published",
        "published_on_online_store": "published",
        "status": "status",
        "gift_card": "gift_card",
        "option1_name": "option1_name",
        "option1_value": "option1",
        "option2_name": "option2_name",
        "option2_value": "option2",
        "option3_name": "option3_name",
        "option3_value": "option3",
        "variant_sku": "sku",
        "sku": "sku",
        "variant_barcode": "barcode",
        "barcode": "barcode",
        "variant_price": "price",
        "price": "price",
        "variant_compare_at_price": "compare_at_price",
        "compare_at_price": "compare_at_price",
        "variant_inventory_tracker": "tracker",
        "inventory_tracker": "tracker",
        "variant_inventory_qty": "stock",
        "inventory_quantity": "stock",
        "variant_inventory_policy": "stock_policy",
        "continue_selling_when_out_of_stock": "stock_policy",
        "variant_grams": "weight_grams",
        "weight_value_grams": "weight_grams",
        "variant_requires_shipping": "needs_shipping",
        "requires_shipping": "needs_shipping",
        "image_src": "picture",
        "product_image_url": "picture",
        "image_position": "picture_position",
        "image_alt_text": "picture_text",
        "variant_image": "variant_picture",
        "variant_image_url": "variant_picture",
    },
    required=[("title", "handle"), ("price",)],
    unused=frozenset(
        {
            *("tags", "variant_fulfillment_service", "fulfillment_service", "variant_taxable", "charge_tax"),
            *("seo_title", "seo_description", "variant_weight_unit", "weight_unit_for_display", "cost_per_item"),
        }
    ),
)
VARIANT_FIELDS = ("option1", "option2", "option3", "sku", "price", "compare_at_price", "barcode", "stock")
POSITIONS = ("1", "2", "3")


def read_row(fields: dict[str, str], row: int, line: int, has_tracker: bool) -> SourceRow:
    """Return the common form of a row. Rows of one handle belong together; one without a handle stands alone."""
    handle = comparable(fields.get("handle", ""))
    key = f"handle:{handle}" if handle else f"row:{row}"
    kind = RowKind.VARIANT if any(name in fields for name in VARIANT_FIELDS) else RowKind.PRODUCT
    source_row = SourceRow(row, 0, line, kind, key, fields)
    fields["is_tracked"] = _tracking(fields, has_tracker)
    for position in POSITIONS:
        name, value = fields.pop(f"option{position}_name", ""), fields.pop(f"option{position}", "")
        if name or value:
            source_row.options.append((position, name, [value] if value else []))
    if "picture" in fields:
        source_row.pictures.append((fields.pop("picture"), fields.pop("picture_text", "")))
    return source_row


def _tracking(fields: dict[str, str], has_tracker: bool) -> str:
    """Return “yes”, “no” or "" if the file says nothing: a blank tracker is a variant that is sold without counting."""
    if has_tracker:
        return "yes" if "tracker" in fields else "no"
    return "yes" if "stock" in fields else ""
