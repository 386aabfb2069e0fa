"""The shop's own CSV of products: what is imported unchanged changes nothing. Its columns: catalog/imports/formats/own.py."""

from collections.abc import Iterator
from itertools import chain

from catalog.csv_files import iterate_csv
from catalog.exports.chunks import product_chunks
from catalog.models import Product, ProductQuerySet, Variant
from catalog.prices import plain_decimal
from catalog.stock import MAX_OPTIONS

COLUMNS = [
    *("sku", "handle", "title", "description", "brand", "category", "status"),
    *(f"option{place}{end}" for place in range(1, MAX_OPTIONS + 1) for end in ("_name", "")),
    *("price", "compare_at_price", "currency", "stock", "barcode", "weight_grams", "outbound_url"),
]


def export_products(merchant_id: int) -> Iterator[str]:
    """Yield the lines of a merchant's file: a row for each variant on sale, and for the only one of other products."""
    own = Product.objects.filter(merchant=merchant_id)
    return iterate_csv(COLUMNS, _rows(own.select_related("brand", "category").prefetch_related("variants")))


def _rows(products: ProductQuerySet) -> Iterator[list[object]]:
    for product in chain.from_iterable(product_chunks(products)):
        variants = sorted(product.variants.all(), key=lambda variant: (variant.position, variant.pk))
        for variant in variants:
            if variant.is_active or len(variants) == 1:
                yield _row(product, variant)


def _row(product: Product, variant: Variant) -> list[object]:
    options: list[object] = []
    for place in range(MAX_OPTIONS):
        options += [_at(product.option_names, place), _at(variant.option_values, place)]
    currency, compare_at = product.currency, variant.compare_at_minor
    return [
        *(variant.sku, product.slug, product.name, product.description, product.brand.name, product.category.slug),
        *("on_sale" if product.is_listed else "off_sale", *options, plain_decimal(variant.price_minor, currency)),
        "" if compare_at is None else plain_decimal(compare_at, currency),
        *(currency, variant.stock if variant.is_counted else "", variant.barcode, variant.weight_g or ""),
        product.outbound_url,
    ]


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""
