"""Google's product data, as RSS 2.0, Atom, TSV or CSV. An item is a variant; items with one group id are a product.

Source: https://support.google.com/merchants/answer/7052112
"""

import re
from html import unescape

from catalog.imports.formats.columns import ColumnSet
from catalog.imports.remarks import RefusalReason, Remark
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.values.picture_addresses import split_addresses
from catalog.imports.values.text import cache_short, comparable

NAMES = {
    "id": "id",
    "title": "title",
    "description": "description",
    "link": "link",
    "image_link": "picture",
    "additional_image_link": "additional_pictures",
    "availability": "availability",
    "price": "price",
    "sale_price": "sale_price",
    "sale_price_effective_date": "sale_period",
    "brand": "brand",
    "gtin": "barcode",
    "item_group_id": "group",
    "google_product_category": "category",
    "product_type": "product_types",
    "shipping_weight": "weight",
    "quantity": "stock",
    "sell_on_google_quantity": "stock",
    "color": "color",
    "size": "size",
    "material": "material",
    "pattern": "pattern",
    "gender": "gender",
    "age_group": "age_group",
    "expiration_date": "expires_at",
}
COLUMNS = ColumnSet(
    "Google product data",
    fields=NAMES,
    required=[("id",), ("title",), ("price",), ("availability",)],
    repeatable=frozenset({"additional_pictures", "product_types"}),
    unused=frozenset({"condition", "mpn", "identifier_exists", "adult", "shipping", "tax"}),
)
OPTION_NAMES = {"color": "Color", "size": "Size", "material": "Material", "pattern": "Pattern"}
OPTIONS_WHERE_UNLIKE = {"gender": "Gender", "age_group": "Age group"}
"""Options of an item group only if its items differ in them: most feeds state them on every item."""
GROUP = "group:"
"""Begins the keys of products that are item groups."""
ARROWS = re.compile(r"\s*>\s*")


def read_row(fields: dict[str, str], row: int, line: int, types: list[str] | None = None) -> SourceRow:
    """Return the common form of an item. `types` are its product types where the file has them one by one."""
    if "id" in fields:
        fields["sku"] = fields.pop("id")
    group = comparable(fields.pop("group", ""))
    key = f"{GROUP}{group}" if group else f"item:{comparable(fields.get('sku', '')) or row}"
    source_row = SourceRow(row, 0, line, RowKind.VARIANT, key, fields)
    fields.setdefault("availability", "")
    fields["is_tracked"] = "yes" if "stock" in fields else ""
    fields["category"] = tidy_path(fields.get("category", ""))
    types = types if types is not None else _parted(fields.get("product_types", ""))
    fields["product_types"] = "\n".join(filter(None, map(tidy_path, types)))
    for slot, name in (OPTION_NAMES | OPTIONS_WHERE_UNLIKE).items():
        value = fields.pop(slot, "")
        if group and value:
            source_row.options.append((slot, name, [value]))
    for name in ("picture", "additional_pictures"):
        source_row.pictures += [(address, "") for address in split_addresses(fields.pop(name, ""))]
    if source_row.pictures:
        fields["variant_picture"] = source_row.pictures[0][0]
    if "sku" not in fields:
        source_row.refusal = Remark(RefusalReason.NO_ID)
    return source_row


def _parted(text: str) -> list[str]:
    """Return the paths of a cell. A comma parts two paths, and not the words of one, if there is an arrow in each."""
    parts = text.split(",")
    return parts if all(">" in part for part in parts) else [text]


@cache_short
def tidy_path(text: str) -> str:
    """Return the path of a category with “ > ” between its names, even if it was escaped twice."""
    return ARROWS.sub(" > ", unescape(unescape(text))).strip(" >")
