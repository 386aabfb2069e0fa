"""What a source says about products, in the shop's own fields."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from catalog.descriptions import has_markup
from catalog.imports.results import Availability, SalePrice, SourceProduct, SourceVariant
from catalog.imports.values.descriptions import clean_description
from catalog.imports.values.text import clean_line, comparable
from catalog.models import CatalogueSource, InStockMeaning, Product, SourcedVariant, Variant
from catalog.stock import LARGEST_STOCK

MAX_OUTBOUND_CHARS = 500
MAX_BRAND_CHARS = 80


def product_values(product: SourceProduct, *, category_id: int | None, is_active: bool) -> dict[str, Any]:
    """Return the values of a product's fields, without a category that is not assigned yet. Of its description it is a digest."""
    brand = product.brand if len(product.brand) <= MAX_BRAND_CHARS else ""
    values: dict[str, Any] = {
        "name": product.title,
        "description": digest(stored_description(product.description)),
        "brand": comparable(brand),
        "is_active": is_active,
        "option_names": list(product.option_names),
        "outbound_url": outbound_url(product),
    }
    return values if category_id is None else values | {"category": category_id}


def present_product(product: Product, proposed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the shop has in these fields or, of a merchant's product, what was proposed for them. Select the brand."""
    return {
        "name": clean_line(proposed.get("name", product.name)),
        "description": digest(proposed.get("description", product.description)),
        "brand": comparable(proposed.get("brand", product.brand.name)),
        "category": proposed.get("category", product.category_id),
        "is_active": product.is_listed,
        "option_names": list(map(clean_line, proposed.get("option_names", product.option_names))),
        "outbound_url": proposed.get("outbound_url", product.outbound_url),
    }


def variant_values(
    variant: SourceVariant, source: CatalogueSource, *, is_active: bool, now: datetime
) -> dict[str, Any]:
    """Return the values of a variant's fields. “stock” and “is_counted” are only there if the source says them."""
    stock, is_counted = read_units(variant, source)
    price, compare_at, _next = price_at(now, variant.price_minor, variant.compare_at_minor, variant.sale)
    values: dict[str, Any] = {
        "sku": variant.sku,
        "options": list(variant.options),
        "price": price,
        "compare_at": compare_at,
        "is_active": is_active,
        "barcode": variant.barcode,
        "weight": variant.weight_grams,
    }
    units = {"stock": stock, "is_counted": is_counted}
    return values | {name: value for name, value in units.items() if value is not None}


def present_variant(variant: Variant, proposed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the shop has in these fields. `proposed` is as for the product."""
    options = proposed.get("options", {}).get(str(variant.pk), variant.option_values)
    return {
        "sku": clean_line(variant.sku),
        "options": list(map(clean_line, options)),
        "price": variant.price_minor,
        "compare_at": variant.compare_at_minor,
        "is_active": variant.is_active or not variant.is_reviewed,
        "is_counted": variant.is_counted,
        "barcode": variant.barcode,
        "weight": variant.weight_g,
    }


def read_units(variant: SourceVariant, source: CatalogueSource) -> tuple[int | None, bool | None]:
    """Return the stock and whether it is counted, both None where the source leaves it open.

    What can only be ordered in advance is not sold as ready to send, so it has a stock of 0.
    """
    if variant.availability not in (None, Availability.IN_STOCK):
        return 0, True
    if variant.is_tracked is False:
        return None, False
    if variant.stock is not None:
        return min(variant.stock, LARGEST_STOCK), True
    if variant.availability == Availability.IN_STOCK and variant.is_tracked is None:
        if source.in_stock_means == InStockMeaning.UNCOUNTED:
            return None, False
        if source.in_stock_means == InStockMeaning.NUMBER:
            return source.in_stock_units, True
    return None, None


def asks_in_stock(variant: SourceVariant, source: CatalogueSource) -> bool:
    """Return whether somebody has to say what “in stock” without a number means."""
    is_open = variant.availability == Availability.IN_STOCK and variant.stock is None and variant.is_tracked is None
    return is_open and not source.in_stock_means


def price_at(
    now: datetime, regular: int, compare_at: int | None, sale: SalePrice | None
) -> tuple[int, int | None, datetime | None]:
    """Return price, compare-at price, and when they change next because a sale begins or ends.

    While a sale runs, the regular price is crossed out.
    """
    if sale is None or (sale.ends_at and sale.ends_at <= now):
        return regular, compare_at, None
    if sale.starts_at and now < sale.starts_at:
        return regular, compare_at, sale.starts_at
    return sale.amount_minor, regular, sale.ends_at


def keep_prices(record: SourcedVariant, variant: SourceVariant, now: datetime) -> None:
    """Note on the record what the price is made of, for the moments at which a sale begins and ends."""
    sale = variant.sale
    record.regular_minor, record.compare_at_minor = variant.price_minor, variant.compare_at_minor
    record.sale_minor = sale.amount_minor if sale else None
    record.sale_starts_at, record.sale_ends_at = (sale.starts_at, sale.ends_at) if sale else (None, None)
    record.next_price_at = price_at(now, variant.price_minor, variant.compare_at_minor, sale)[2]


def outbound_url(product: SourceProduct) -> str:
    return next((variant.outbound_url for variant in product.variants if variant.outbound_url), "")


def stored_description(html: str) -> str:
    """Return a cleaned description as a product has it: as plain text if that reads the same, otherwise as HTML."""
    plain = unescape(html)
    if clean_description(plain) == html:
        return plain
    return html if has_markup(html) else f"<p>{html}</p>"


def digest(description: str) -> str:
    """Return what stored descriptions are compared by: plain text is like the HTML that it would be read as."""
    return hashlib.sha256(clean_description(description).encode()).hexdigest()[:24] if description else ""
