"""Files without some of the columns of their format, such as price lists: what they do not mention stays."""

from typing import Any

import pytest

from catalog.models import Product
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import counts_of, import_text, make_source, variant_by
from tests.factories import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
FULL = {
    "Body (HTML)": "<p>Warm.</p>",
    "Vendor": "North",
    "Type": "Caps",
    "Status": "active",
    "Option1 Name": "Size",
    "Option1 Value": "S",
    "Variant Barcode": "4006381333931",
    "Variant Grams": "120",
    "Variant Compare At Price": "9.00",
}


def fields_of(sku: str) -> list[Any]:
    variant = variant_by(sku)
    product = Product.objects.select_related("brand", "category").get(variants=variant)
    values = [product.description, product.brand.name, product.category.slug, product.option_names, product.is_active]
    return [*values, variant.option_values, variant.barcode, variant.weight_g, variant.compare_at_minor]


def test_price_list_changes_prices_and_nothing_else() -> None:
    import_text(shopify(FULL, FULL | {"Status": "draft"}))
    before = [fields_of(sku) for sku in ("PAN-1", "PAN-2")]
    assert [values[4] for values in before] == [True, False]
    run = import_text(shopify({"Variant Price": "6.00"}, {}))
    assert (counts_of(run), variant_by("PAN-1").price_minor) == ((0, 1, 1, 0), 600)
    assert [fields_of(sku) for sku in ("PAN-1", "PAN-2")] == before
    assert run.source.mappings.filter(words="Caps", products__isnull=False).exists()


def test_column_with_blank_cells_still_empties_fields() -> None:
    import_text(shopify(FULL))
    import_text(shopify(FULL | {"Body (HTML)": "", "Variant Barcode": "", "Variant Compare At Price": ""}))
    values = fields_of("PAN-1")
    assert (values[0], values[6], values[8]) == ("", "", None)


def test_crossed_out_price_that_is_no_longer_above_goes() -> None:
    import_text(shopify(FULL))
    import_text(shopify({"Variant Price": "9.50"}))
    assert (variant_by("PAN-1").price_minor, variant_by("PAN-1").compare_at_minor) == (950, None)


def test_what_a_price_list_lacks_goes_off_sale_and_comes_back() -> None:
    import_text(shopify(FULL, FULL))
    import_text(shopify({}), takes_off_missing=True)
    assert not Product.objects.get(variants__sku="PAN-2").is_active
    import_text(shopify({}, {}))
    assert Product.objects.get(variants__sku="PAN-2").is_active


def test_own_price_list_keeps_what_staff_wrote() -> None:
    import_text(shopify(FULL))
    own = make_source("Own")
    import_text("sku,handle,title,price,description\nPAN-1,pan-1,Pan,7.00,Cold.\n", own)
    Product.objects.update(description="Cool.")
    import_text("sku,handle,title,price\nPAN-1,pan-1,Pan,8.00\n", own)
    assert (variant_by("PAN-1").price_minor, fields_of("PAN-1")[0]) == (800, "Cool.")
    assert fields_of("PAN-1")[6:] == ["4006381333931", 120, 900]


def test_product_stays_in_its_category_until_a_new_one_is_assigned() -> None:
    import_text(shopify(FULL))
    run = import_text(shopify(FULL | {"Type": "Hats", "Variant Price": "6.00"}))
    assert (counts_of(run), variant_by("PAN-1").price_minor, fields_of("PAN-1")[2]) == ((0, 1, 0, 0), 600, "books")
    run.source.mappings.filter(words="Hats").update(category=make_category("hats"))
    import_text(shopify(FULL | {"Type": "Hats"}))
    assert fields_of("PAN-1")[2] == "hats"
