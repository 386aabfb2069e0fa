"""Our own CSV: one row for each variant, under plain names. What stands on one row of a product counts for all.

Columns: sku, handle, title, description, brand, category, product_type, status (on_sale or off_sale), option1_name,
option1, … option3, price, compare_at_price, sale_price, sale_starts_at, sale_ends_at, currency, stock, barcode,
weight_grams, picture (several are parted by commas), variant_picture, needs_shipping, outbound_url.
"""

from catalog.csv_files import unescape_cell
from catalog.imports.formats.columns import ColumnSet
from catalog.imports.formats.shopify import read_row as read_shopify_row
from catalog.imports.source_rows import SourceRow

NAMES = (
    *("sku", "handle", "title", "description", "brand", "category", "status", "option1_name", "option1"),
    *("option2_name", "option2", "option3_name", "option3", "price", "compare_at_price", "sale_price"),
    *("sale_starts_at", "sale_ends_at", "currency", "stock", "barcode", "weight_grams", "picture", "variant_picture"),
    *("needs_shipping", "outbound_url"),
)
COLUMNS = ColumnSet(
    "CSV",
    fields={name: name for name in NAMES} | {"product_type": "product_types", "weight": "weight_grams"},
    required=[("title", "handle"), ("price",)],
)


def read_row(fields: dict[str, str], row: int, line: int) -> SourceRow:
    """Return the common form of a row, with cells as they were before `escape_cell`."""
    fields = {name: unescape_cell(text) for name, text in fields.items()}
    return read_shopify_row(fields, row, line, has_tracker=False)
