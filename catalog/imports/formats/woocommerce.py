"""WooCommerce's CSV, in which variations are rows of their own that name their parent.

Source: https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema
"""

import re
from html import unescape

from catalog.imports.formats.columns import ColumnSet
from catalog.imports.remarks import RefusalReason, Remark
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.values.picture_addresses import split_addresses
from catalog.imports.values.text import ascii_digits, comparable

MAX_ATTRIBUTES = 20
WEIGHT_UNITS = ("kg", "g", "lbs", "oz")
COLUMNS = ColumnSet(
    "WooCommerce CSV",
    fields={
        "id": "id",
        "type": "type",
        "sku": "sku",
        "gtin_upc_ean_or_isbn": "barcode",
        "name": "title",
        "published": "published",
        "visibility_in_catalog": "visibility",
        "short_description": "short_description",
        "description": "description",
        "date_sale_price_starts": "sale_starts_at",
        "date_sale_price_ends": "sale_ends_at",
        "in_stock": "in_stock",
        "stock": "stock",
        "backorders_allowed": "stock_policy",
        "sale_price": "sale_price",
        "regular_price": "price",
        "categories": "product_types",
        "brands": "brand",
        "images": "picture",
        "download_limit": "download_limit",
        "parent": "parent",
        "external_url": "outbound_url",
        **{f"weight_{unit}": f"weight_{unit}" for unit in WEIGHT_UNITS},
        **{f"attribute_{n}_name": f"attribute{n}_name" for n in range(1, MAX_ATTRIBUTES + 1)},
        **{f"attribute_{n}_value_s": f"attribute{n}" for n in range(1, MAX_ATTRIBUTES + 1)},
    },
    required=[("type",), ("title",), ("price",)],
    unused=frozenset(
        {
            *("is_featured", "tax_status", "tax_class", "low_stock_amount", "sold_individually", "tags", "position"),
            *("shipping_class", "length_cm", "width_cm", "height_cm", "purchase_note", "allow_customer_reviews"),
            *("upsells", "cross_sells", "grouped_products", "button_text", "download_expiry_days"),
        }
    ),
)
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
"""The exporter puts an apostrophe in front of cells that a spreadsheet would run."""
WRITTEN_LINE_BREAK = re.compile(r"(?<!\\)\\n")
ESCAPED = ("title", "brand", "product_types", *(f"attribute{n}" for n in range(1, MAX_ATTRIBUTES + 1)))
"""Names that WordPress stores with &amp; and exports as stored."""
SHARED_STOCK = "parent"
"""What the exporter writes for a variation whose units are counted for the whole product."""
UNPUBLISHED = {"0": "private", "no": "private", "false": "private", "-1": "draft"}
KINDS = {"simple": RowKind.VARIANT, "external": RowKind.VARIANT, "variable": RowKind.PARENT}
PRODUCT_TYPES = {"variation": "variation", "variable": "variable", "grouped": "grouped", "external": "external"}


def read_row(fields: dict[str, str], row: int, line: int) -> SourceRow:
    """Return the common form of a row. A variation belongs to the product that its parent cell names."""
    fields = {name: _unguarded(text) for name, text in fields.items()}
    fields |= {name: unescape(fields[name]) for name in ESCAPED if name in fields}
    types = {word.strip() for word in fields.pop("type", "simple").casefold().split(",")}
    kind = next((PRODUCT_TYPES[word] for word in sorted(types) if word in PRODUCT_TYPES), "simple")
    fields |= {"type": kind} | _stock_of(fields)
    _translate(fields, types)
    if kind == "variation":
        return _variation(fields, row, line)
    aliases = [f"id:{fields['id'].strip()}"] if "id" in fields else []
    aliases += [f"sku:{comparable(fields['sku'])}"] if "sku" in fields else []
    source_row = SourceRow(row, 0, line, KINDS.get(kind, RowKind.VARIANT), f"row:{row}", fields, aliases=aliases)
    attributes = _attributes_of(fields)
    if kind == "variable":
        source_row.options = attributes
    if kind == "grouped":
        source_row.refusal = Remark(RefusalReason.GROUPED)
    elif strange := types - {"simple", "variable", "external", "virtual", "downloadable"}:
        source_row.refusal = Remark(RefusalReason.UNKNOWN_TYPE, {"text": sorted(strange)[0][:40]})
    _take_pictures(source_row)
    return source_row


def _variation(fields: dict[str, str], row: int, line: int) -> SourceRow:
    fields.pop("title", "")  # “Variation”, or the parent's name with the options
    parent = fields.get("parent", "").strip()
    is_id = re.fullmatch(r"id:\s*\d+", parent, re.IGNORECASE)
    key = f"id:{parent[3:].strip()}" if is_id else f"sku:{comparable(parent)}"
    source_row = SourceRow(row, 0, line, RowKind.VARIANT, key, fields, options=_attributes_of(fields))
    _take_pictures(source_row)
    if source_row.pictures:
        fields["variant_picture"] = source_row.pictures[0][0]
    return source_row


def _translate(fields: dict[str, str], types: set[str]) -> None:
    """Write what the cells mean under the names that all formats share."""
    for name in ("description", "short_description"):
        if name in fields:
            fields[name] = WRITTEN_LINE_BREAK.sub("\n", fields[name])
    fields.setdefault("description", fields.get("short_description", ""))
    visibility = fields.get("visibility", "").strip().casefold()
    published = ascii_digits(fields.get("published", "1")).strip().casefold()
    fields["status"] = "hidden" if visibility == "hidden" else UNPUBLISHED.get(published, "")
    fields.pop("published", "")
    if "virtual" in types or "downloadable" in types:
        fields["needs_shipping"] = "no" if "virtual" in types else "yes"
        fields["is_download"] = "yes" if "downloadable" in types else ""
    for unit in WEIGHT_UNITS:
        if f"weight_{unit}" in fields:
            fields |= {"weight": fields.pop(f"weight_{unit}"), "weight_unit": unit}
    fields["product_types"] = "\n".join(_listed(fields.get("product_types", "")))


def _stock_of(fields: dict[str, str]) -> dict[str, str]:
    """Without a number, the product is sold without counting, or marked as sold out. A shared stock is nobody's own."""
    in_stock = fields.get("in_stock", "").strip().casefold()
    availability = {"0": "out of stock", "backorder": "backorder", "1": "in stock"}.get(in_stock)
    is_shared = fields.get("stock", "").strip().casefold() == SHARED_STOCK
    if is_shared:
        del fields["stock"]
    tracking = {"is_tracked": "shared" if is_shared else "yes" if "stock" in fields else "no"}
    return tracking | ({"availability": availability} if availability else {})


def _attributes_of(fields: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    options = []
    for n in range(1, MAX_ATTRIBUTES + 1):
        name, values = fields.pop(f"attribute{n}_name", ""), fields.pop(f"attribute{n}", "")
        if name:
            options.append((comparable(name), name, _listed(values)))
    return options


def _take_pictures(source_row: SourceRow) -> None:
    source_row.pictures = [(address, "") for address in split_addresses(source_row.fields.pop("picture", ""))]


def _listed(text: str) -> list[str]:
    """Return the values of a list parted by commas, in which a comma of a value has a backslash in front."""
    values = (value.replace(r"\,", ",").strip() for value in re.split(r"(?<!\\),", text))
    return [value for value in values if value]


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith(GUARDED) else text
