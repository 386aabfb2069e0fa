"""`products.json`, as Shopify shops publish it and other exporters write it, with values of all types.

Source: https://shopify.dev/docs/api/admin-rest (resource Product); the public address leaves out stock
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from catalog.imports.json_items import JsonNumber
from catalog.imports.remarks import NoteKind, RefusalReason, Remark
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.values.text import CONTROLS, comparable, without_controls

POSITIONS = (1, 2, 3)
PRODUCT_FIELDS = {
    "title": "title",
    "handle": "handle",
    "body_html": "description",
    "description": "description",
    "vendor": "brand",
    "product_type": "product_types",
    "type": "product_types",
    "status": "status",
}
VARIANT_FIELDS = {
    "sku": "sku",
    "barcode": "barcode",
    "price": "price",
    "compare_at_price": "compare_at_price",
    "grams": "weight_grams",
    "weight": "weight",
    "weight_unit": "weight_unit",
    "inventory_quantity": "stock",
    "inventory_policy": "stock_policy",
}


def read_product(item: Any, row: int) -> Iterator[SourceRow]:
    """Yield the common form of a product: one row for itself, and one for each of its variants."""
    if not isinstance(item, dict):
        yield _refused(row, RefusalReason.NOT_A_PRODUCT)
        return
    variants = item.get("variants")
    handle = comparable(as_text(item.get("handle")))
    key = f"handle:{handle}" if handle else f"row:{row}"
    product = SourceRow(row, 0, 0, RowKind.PRODUCT, key, _fields(item, PRODUCT_FIELDS))
    if "published_at" in item:
        product.fields["published"] = "yes" if item["published_at"] else "no"
    product.pictures = list(_pictures(item))
    if not as_text(item.get("title")).strip():
        product.refusal = Remark(RefusalReason.NO_TITLE)
    elif not isinstance(variants, list) or not variants:
        product.refusal = Remark(RefusalReason.NO_VARIANTS)
    elif item.get("gift_card") is True:
        product.refusal = Remark(RefusalReason.GIFT_CARD)
    _note_controls(product, item)
    yield product
    if product.refusal is None:
        names = _option_names(item)
        for part, variant in enumerate(variants if isinstance(variants, list) else [], start=1):
            yield _read_variant(variant, names, SourceRow(row, part, 0, RowKind.VARIANT, key, {}), item)


def _read_variant(variant: Any, names: list[str], row: SourceRow, product: dict[str, Any]) -> SourceRow:
    if not isinstance(variant, dict):
        row.refusal = Remark(RefusalReason.NOT_A_PRODUCT)
        return row
    row.fields = _fields(variant, VARIANT_FIELDS)
    for name in ("price", "compare_at_price"):
        if isinstance(variant.get(name), JsonNumber):
            row.fields[name] = _exact(variant[name])
    for position in POSITIONS:
        value = as_text(variant.get(f"option{position}"))
        name = names[position - 1] if position <= len(names) else ""
        if name or value:
            row.options.append((str(position), name, [value] if value else []))
    if isinstance(variant.get("available"), bool):
        row.fields["availability"] = "in stock" if variant["available"] else "out of stock"
    is_counted = variant.get("inventory_management", "") is not None
    row.fields["is_tracked"] = ("yes" if is_counted else "no") if "stock" in row.fields else ""
    if variant.get("requires_shipping") is False:
        row.fields["needs_shipping"] = "no"
    picture = _variant_picture(variant, product)
    if picture:
        row.fields["variant_picture"] = picture
    _note_controls(row, variant)
    return row


def as_text(value: Any) -> str:
    """Return texts and numbers as text, everything else as blank. Lone halves of letters are left out."""
    if not isinstance(value, str):
        return ""
    text = value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return without_controls(text)


def _fields(source: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    texts = ((names[name], as_text(source.get(name))) for name in reversed(names) if name in source)
    return {name: text for name, text in texts if text.strip()}


def _exact(number: JsonNumber) -> str:
    """Return a price that is a number in JSON, whose decimal sign is the point: four zeros make it readable in one way."""
    if re.fullmatch(r"-?\d+\.\d+", number):
        return f"{number}0000"
    is_short = re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?[eE][+-]?\d{1,2}", number)
    return f"{Decimal(number):f}" if is_short else str(number)


def _option_names(item: dict[str, Any]) -> list[str]:
    options = item.get("options")
    if not isinstance(options, list):
        return []
    return [as_text(option.get("name") if isinstance(option, dict) else option) for option in options]


def _pictures(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    images = item.get("images")
    for image in images if isinstance(images, list) else [item.get("image")]:
        address = as_text(image.get("src") if isinstance(image, dict) else image)
        if address.strip():
            yield address, as_text(image.get("alt")) if isinstance(image, dict) else ""


def _variant_picture(variant: dict[str, Any], product: dict[str, Any]) -> str:
    image = variant.get("featured_image")
    if isinstance(image, dict):
        return as_text(image.get("src"))
    images = product.get("images")
    for candidate in images if isinstance(images, list) and variant.get("image_id") else []:
        if isinstance(candidate, dict) and candidate.get("id") == variant["image_id"]:
            return as_text(candidate.get("src"))
    return ""


def _note_controls(row: SourceRow, source: dict[str, Any]) -> None:
    if any(isinstance(value, str) and CONTROLS.search(value) for value in source.values()):
        row.note(NoteKind.CONTROL_CHARACTERS)


def _refused(row: int, reason: RefusalReason) -> SourceRow:
    refused = SourceRow(row, 0, 0, RowKind.PRODUCT, f"row:{row}", {})
    refused.refusal = Remark(reason)
    return refused
