"""What imports write of a product's variants is what the triggers calculate, so that these write nothing more."""

import pytest

from catalog.imports.product_sums import sum_up
from catalog.models import Product, Variant
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import import_feed, import_text, make_source
from tests.factories import make_product, make_variants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
FIELDS = ("price_minor", "prices_vary", "stock", "option_words")
FILES = ("shopify_continuation.csv", "shopify_status.csv", "prices_decimal_comma.csv", "google_availability.txt")


def test_sums_of_imported_products_are_those_of_the_triggers() -> None:
    for name in (*FILES, "products_100_variants.json"):
        import_feed(name, make_source(name))
    import_text(shopify({"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "0"}), make_source("Empty"))
    shirt = make_product("shirt")
    variants = make_variants(shirt, "é", "a", "Z", price_minor=900)
    Variant.objects.filter(pk=variants[1].pk).update(is_active=False)
    products = list(Product.objects.all())
    assert len(products) > 10
    for product in products:
        stored = {name: getattr(product, name) for name in FIELDS}
        sum_up(product, list(product.variants.all()))
        assert {name: getattr(product, name) for name in FIELDS} == stored, product
