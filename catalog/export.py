"""The shop's own CSV of products: what is imported unchanged changes nothing. Its columns: catalog/imports/formats/own.py."""

from collections.abc import Iterator

from catalog.csv_files import iterate_csv
from catalog.models import Import, Product, RowOutcome, Variant
from catalog.prices import plain_decimal
from catalog.stock import MAX_OPTIONS

COLUMNS = [
    *("sku", "handle", "title", "description", "brand", "category", "status"),
    *(f"option{place}{end}" for place in range(1, MAX_OPTIONS + 1) for end in ("_name", "")),
    *("price", "compare_at_price", "currency", "stock", "barcode", "weight_grams", "outbound_url"),
]


MAX_LISTED_ROWS = 100_000


def export_refused(run: Import) -> Iterator[str]:
    """Yield the lines of a file with the refused rows of an import, and their reasons."""
    rows = run.import_rows.filter(outcome=RowOutcome.REFUSED).order_by("row", "part")[:MAX_LISTED_ROWS]
    cells = ([row.number, row.line or "", row.title, " ".join(row.sentences)] for row in rows.iterator())
    return iterate_csv(["row", "line", "title", "reason"], cells)


def export_products(merchant_id: int) -> Iterator[str]:
    """Yield the lines of a merchant's file: a row for each variant on sale, and for the only one of other products."""
    own = Product.objects.filter(merchant=merchant_id)
    products = own.select_related("brand", "category").prefetch_related("variants").order_by("pk")
    return iterate_csv(COLUMNS, _rows(products.iterator(chunk_size=1_000)))


def _rows(products: Iterator[Product]) -> Iterator[list[object]]:
    for product in products:
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
