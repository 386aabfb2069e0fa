"""Sources that group, name and number their products otherwise than in the run before."""

import pytest

from catalog.models import Product, RowOutcome, Variant
from catalog.stock_checks import find_wrong_sums
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import counts_of, import_text, make_source, rows_of, sentences_of, variant_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def row(sku: str, handle: str = "cap", title: str = "Cap", **options: str) -> dict[str, str]:
    cells = {"Handle": handle, "Title": title, "Variant SKU": sku}
    for number in (1, 2):
        cells |= {f"Option{number} Name": "", f"Option{number} Value": ""}
    for number, (name, value) in enumerate(options.items(), start=1):
        cells |= {f"Option{number} Name": name, f"Option{number} Value": value}
    return cells


def options_of(*skus: str) -> list[list[str]]:
    return [variant_by(sku).option_values for sku in skus]


def woo(*rows: dict[str, str]) -> str:
    columns = ["ID", "Type", "SKU", "Name", "In stock?", "Stock", "Regular price", "Parent", "Categories"]
    columns += ["Attribute 1 name", "Attribute 1 value(s)"]
    usual = {"Type": "simple", "Stock": "3", "In stock?": "1", "Regular price": "9.50"}
    lines = [",".join(f'"{(usual | cells).get(column, "")}"' for column in columns) for cells in rows]
    return "\r\n".join([",".join(columns), *lines])


TEE = {"ID": "7", "Type": "variable", "SKU": "T", "Name": "Tee", "Stock": "", "Regular price": ""}
TEE |= {"Attribute 1 name": "Size", "Attribute 1 value(s)": "S"}
SMALL = {"ID": "8", "Type": "variation", "Parent": "id:7", "Attribute 1 name": "Size", "Attribute 1 value(s)": "S"}


def test_two_products_that_become_one_stay_two_with_their_own_options() -> None:
    import_text(shopify(row("A", "red", "Shirt, red"), row("B", "blue", "Shirt, blue")))
    merged = shopify(row("A", "shirt", "Shirt", Colour="Red"), row("B", "shirt", "Shirt", Colour="Blue"))
    run = import_text(merged, takes_off_missing=True)
    assert options_of("A", "B") == [["Red"], []]
    assert sentences_of(run, "2") == ["It is a variant of another product in the shop, and stays there."]
    assert sorted(Product.objects.values_list("name", "option_names", "is_active")) == [
        ("Shirt", ["Colour"], True),
        ("Shirt, blue", [], True),
    ]
    assert counts_of(import_text(merged)) == (0, 0, 2, 0)


def test_one_product_that_becomes_two_keeps_its_name_and_options() -> None:
    import_text(shopify(row("A", "shirt", "Shirt", Colour="Red"), row("B", "shirt", "Shirt", Colour="Blue")))
    run = import_text(shopify(row("A", "red", "Shirt, red"), row("B", "blue", "Shirt, blue")))
    product = Product.objects.get()
    assert (product.name, product.option_names, options_of("A", "B")) == ("Shirt", ["Colour"], [["Red"], ["Blue"]])
    assert "The product has other options in the shop" in sentences_of(run, "1")[0]


def test_new_option_is_given_to_variants_that_the_file_does_not_have() -> None:
    import_text(shopify(row("A", Size="S"), row("B", Size="M")))
    Variant.objects.create(product=Product.objects.get(), sku="STAFF", option_values=["XL"], price_minor=700)
    colours = shopify(row("A", Size="S", Colour="Red"), row("B", Size="M", Colour="Red"))
    import_text(colours)
    assert Product.objects.get().option_names == ["Size", "Colour"]
    assert options_of("A", "B", "STAFF") == [["S", "Red"], ["M", "Red"], ["XL", "–"]]
    assert counts_of(import_text(colours)) == (0, 0, 2, 0)
    import_text(shopify(row("A", Size="S"), row("B", Size="M")))
    assert options_of("A", "B", "STAFF") == [["S"], ["M"], ["XL / –"]]
    assert not list(find_wrong_sums())


def test_variants_swap_their_options() -> None:
    import_text(shopify(row("A", Size="S"), row("B", Size="M")))
    run = import_text(shopify(row("A", Size="M"), row("B", Size="S"), row("C", Size="L")))
    assert (counts_of(run), options_of("A", "B", "C")) == ((1, 2, 0, 0), [["M"], ["S"], ["L"]])
    run = import_text(shopify(row("A", Size="L"), row("B", Size="S"), row("C", Size="L")))
    assert (rows_of(run, RowOutcome.REFUSED), options_of("A", "B", "C")) == (["3"], [["M"], ["S"], ["L"]])


def test_options_that_another_variant_keeps_are_not_taken() -> None:
    import_text(shopify(row("A", Size="S"), row("B", Size="M")))
    Variant.objects.filter(sku="B").update(option_values=["L"], options_key="l")
    run = import_text(shopify(row("A", Size="L"), row("B", Size="M")))
    assert options_of("A", "B") == [["S"], ["L"]]
    assert "Another variant of the product has the options L." in sentences_of(run, "1")


def test_woocommerce_products_are_known_by_their_id_when_skus_change() -> None:
    import_text(woo({"ID": "5", "Name": "Mug"}, {"ID": "6", "SKU": "B", "Name": "Bowl"}, TEE, SMALL | {"SKU": "T-S"}))
    before = list(Product.objects.order_by("pk").values_list("slug", "is_active"))
    changed = [{"ID": "5", "SKU": "M-1", "Name": "Mug"}, {"ID": "6", "SKU": "B-1", "Name": "Bowl"}]
    run = import_text(woo(*changed, TEE | {"SKU": "TEE"}, SMALL | {"SKU": "TEE-S"}), takes_off_missing=True)
    assert counts_of(run) == (0, 3, 0, 0)
    assert list(Product.objects.order_by("pk").values_list("slug", "is_active")) == before
    assert set(Variant.objects.values_list("sku", flat=True)) == {"M-1", "B-1", "TEE-S"}


def test_stock_that_woocommerce_counts_for_all_variations_is_nobodys_own() -> None:
    run = import_text(woo(TEE | {"Stock": "12"}, SMALL | {"SKU": "T-S", "Stock": "parent"}))
    assert (run.created, variant_by("T-S").stock, variant_by("T-S").is_counted) == (1, 0, True)
    assert "one stock for all variants" in sentences_of(run, "2")[0]
    Variant.objects.filter(sku="T-S").update(stock=4)
    import_text(woo(TEE | {"Stock": "9"}, SMALL | {"SKU": "T-S", "Stock": "Parent"}))
    assert variant_by("T-S").stock == 4
    import_text(woo(TEE | {"Stock": "0"}, SMALL | {"SKU": "T-S", "Stock": "parent", "In stock?": "0"}))
    assert variant_by("T-S").stock == 0


def test_names_of_woocommerce_are_read_without_entities() -> None:
    size = {"Attribute 1 value(s)": "S &amp; M"}
    run = import_text(woo(TEE | size | {"Name": "Tee &amp; co", "Categories": "Home &amp; Garden"}, SMALL | size))
    product = Product.objects.get()
    assert (product.name, product.variants.get().option_values) == ("Tee & co", ["S & M"])
    assert run.source.mappings.get().words == "Home & Garden"


def test_what_another_source_still_offers_stays_on_sale() -> None:
    first, second = make_source("First"), make_source("Second")
    import_text(shopify(row("A"), row("B", "hat", "Hat")), first)
    import_text(shopify(row("A"), row("B", "hat", "Hat")), second)
    import_text(shopify(row("B", "hat", "Hat")), second, takes_off_missing=True)
    assert Product.objects.get(variants__sku="A").is_active
    import_text(shopify(row("B", "hat", "Hat")), first, takes_off_missing=True)
    assert not Product.objects.get(variants__sku="A").is_active
