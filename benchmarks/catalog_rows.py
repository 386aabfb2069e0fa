"""Products and variants for the catalogue benchmark: copied as they are, or made by the database in any number."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.catalog_files import ADJECTIVES, COLOURS, MATERIALS, SIZES, THINGS, goods
from catalog.models import Brand, Category

_PRODUCT_COLUMNS = (
    "id, slug, name, name_translations, brand_id, category_id, description, option_names, price_minor, currency, "
)
_PRODUCT_COLUMNS += "stock, is_active, outbound_url, created_at, updated_at"
_VARIANT_COLUMNS = (
    "product_id, position, option_values, options_key, sku, sku_key, price_minor, stock, barcode, weight_g"
)

_PRODUCTS = """
INSERT INTO catalog_product (slug, name, name_translations, brand_id, category_id, description, option_names, price_minor, currency,
    stock, is_active, outbound_url, created_at, updated_at)
SELECT 'good-' || n, concat_ws(' ', (%(adjectives)s::text[])[1 + n %% 10], (%(materials)s::text[])[1 + n / 7 %% 12], (%(things)s::text[])[1 + n / 49 %% 12], n),
    '{}', %(brand)s, %(category)s, repeat('Made by hand and checked twice. ', 20), '{Color,Size}', 1000, 'USD', 0, true, '', now(), now()
FROM generate_series(%(first)s, %(last)s) n
"""
_VARIANTS = """
INSERT INTO catalog_variant (product_id, position, option_values, options_key, sku, sku_key, price_minor, stock, barcode)
SELECT product.id, place, ARRAY[colour, size], lower(colour || ' / ' || size), 'G' || product.id || '-' || place,
    'g' || product.id || '-' || place, 1000 + place * 100, 5, ''
FROM catalog_product product CROSS JOIN generate_series(0, 3) place
CROSS JOIN LATERAL (SELECT (%(colours)s::text[])[1 + (product.id + place / 2 * 3) %% 8] AS colour, (%(sizes)s::text[])[1 + place %% 2] AS size) options
WHERE NOT EXISTS (SELECT FROM catalog_variant variant WHERE variant.product_id = product.id)
"""


def execute(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def empty_catalogue() -> None:
    """Delete all products, and all that sources said."""
    execute("TRUNCATE catalog_product, catalog_cataloguesource CASCADE")
    execute("TRUNCATE catalog_brand, catalog_category CASCADE")


def fill_products(first: int, last: int) -> None:
    """Add products with these numbers, of four variants each, and let the database count its rows again."""
    brand = Brand.objects.get_or_create(slug="north", defaults={"name": "North"})[0]
    category = Category.objects.get_or_create(slug="home", defaults={"name": "Home", "commission_rate_bps": 450})[0]
    words = {"adjectives": list(ADJECTIVES), "materials": list(MATERIALS), "things": list(THINGS)}
    with transaction.atomic():
        execute("SET LOCAL catalog.variants_follow = 'on'")
        execute(_PRODUCTS, first=first, last=last, brand=brand.pk, category=category.pk, **words)
        execute(_VARIANTS, colours=list(COLOURS), sizes=list(SIZES))
    execute("VACUUM ANALYZE")


def copy_rows(rows: int) -> None:
    """Copy the goods of the files into the tables of products and variants, and nothing else."""
    brand = Brand.objects.create(slug="copied", name="Copied")
    category = Category.objects.create(slug="copied", name="Copied", commission_rate_bps=450)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL catalog.variants_follow = 'on'")
        for table, columns, records in (
            ("catalog_product", _PRODUCT_COLUMNS, _product_records(rows, brand.pk, category.pk)),
            ("catalog_variant", _VARIANT_COLUMNS, _variant_records(rows)),
        ):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for record in records:
                    copy.write_row(record)


def _product_records(rows: int, brand: int, category: int) -> Iterator[tuple[Any, ...]]:
    now = timezone.now()
    for good, _places in goods(rows):
        texts = (good.number + 1, good.handle, good.title, "{}", brand, category, good.html, ["Color", "Size"])
        yield (*texts, 500, "USD", 0, True, "", now, now)


def _variant_records(rows: int) -> Iterator[tuple[Any, ...]]:
    for good, places in goods(rows):
        for place in places:
            values, sku = list(good.options[place]), good.sku(place)
            keys = (good.number + 1, place, values, " / ".join(values).lower(), sku, sku.lower())
            yield (*keys, round(float(good.price(place)) * 100), int(good.stock(place)), good.barcode(place), 350)
