"""The product page, structured data and search of products with several variants."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Product, Variant
from shop.models import BagLine
from shop.structured_data import MAX_LISTED
from tests.factories import make_product, make_variants, variant_of
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def sizes() -> list[Variant]:
    small, medium, large = make_variants(make_product("shirt", price_minor=2000, stock=5), "S", "M", "L")
    Variant.objects.filter(pk=medium.pk).update(stock=0)
    Variant.objects.filter(pk=large.pk).update(price_minor=2500, stock=3, sku="SHIRT-L", sku_key="shirt-l")
    return [small, medium, large]


def read_page(client: Client, url: str = "/p/shirt/") -> str:
    return client.get(url).content.decode()


def read_structured(page: str) -> Any:
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])


def test_page_lets_choose_without_script(client: Client, sizes: list[Variant]) -> None:
    small, medium, large = sizes
    page = read_page(client)
    assert "from $20.00" in page and "<legend>Size</legend>" in page
    values = re.findall(r'name="variant" value="(\d+)" required\s+(\w*)>', page)
    assert values == [(str(small.pk), ""), (str(medium.pk), "disabled"), (str(large.pk), "")]
    assert page.count("(Sold out)") == 1
    answer = client.post("/bag/", read_form(page) | {"variant": large.pk, "then": "bag"})
    assert (answer.status_code, BagLine.objects.get().variant_id) == (302, large.pk)


def test_page_of_a_variant_has_its_price_and_stock(client: Client, sizes: list[Variant]) -> None:
    page = read_page(client, f"/p/shirt/?variant={sizes[2].pk}")
    assert "$25.00" in page.split('data-part="price"')[1][:40] and "Only 3 left" in page
    assert re.search(rf'value="{sizes[2].pk}" required\s+checked', page)
    for wrong in ("x", "0", str(variant_of(make_product()).pk)):
        assert "from $20.00" in read_page(client, f"/p/shirt/?variant={wrong}")


def test_only_size_in_stock_is_chosen(client: Client, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(stock=0)
    page = read_page(client)
    assert re.search(rf'value="{sizes[2].pk}" required\s+checked', page)
    assert "$25.00" in page and "from" not in page.split('data-part="price"')[1][:40]


def test_colours_have_swatches_in_each_language(client: Client) -> None:
    make_variants(make_product("shirt"), "Navy ", "أحمر", "Ocean dream")
    page = read_page(client)
    assert re.findall(r'fill="(#\w+)"', page.split("options__values")[1].split("</fieldset>")[0]) == [
        "#1f2f56",
        "#c62828",
    ]
    swatches = client.get("/api/v1/products/shirt/").json()["swatches"]
    assert swatches == {"Navy ": "#1f2f56", "أحمر": "#c62828"}


def test_many_variants_make_a_list_and_a_small_page(client: Client) -> None:
    product = make_product("shirt", price_minor=2000)
    make_variants(product, "0")
    Variant.objects.bulk_create(
        Variant(product=product, option_values=[str(n)], options_key=str(n), price_minor=2000 + n, stock=9, position=1)
        for n in range(1, 2048)
    )
    page = read_page(client)
    assert page.count("<option ") == 2049 and "<fieldset" not in page
    assert len(page) < 500_000
    offers = read_structured(page)["offers"]
    assert (offers["@type"], offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (
        "AggregateOffer",
        "20.00",
        "40.47",
        2048,
    )
    assert MAX_LISTED < 2048


def test_structured_data_has_an_offer_for_each_size(client: Client, sizes: list[Variant]) -> None:
    data = read_structured(read_page(client))
    assert (data["@type"], data["variesBy"], "offers" in data) == ("ProductGroup", ["Size"], False)
    rows = [
        (row["name"], row.get("sku"), row["offers"]["price"], row["offers"]["availability"].rsplit("/")[-1])
        for row in data["hasVariant"]
    ]
    assert rows == [
        ("Shirt – S", None, "20.00", "InStock"),
        ("Shirt – M", None, "20.00", "OutOfStock"),
        ("Shirt – L", "SHIRT-L", "25.00", "InStock"),
    ]


def test_structured_data_of_one_variant_has_its_codes(client: Client) -> None:
    variant = variant_of(make_product("mug"))
    assert read_structured(read_page(client, "/p/mug/"))["sku"] == "mug"
    variant.sku, variant.barcode = "MUG-1", "4006381333931"
    variant.save()
    data = read_structured(read_page(client, "/p/mug/"))
    assert (data["@type"], data["sku"], data["gtin"], data["offers"]["price"]) == (
        "Product",
        "MUG-1",
        "4006381333931",
        "19.99",
    )


@pytest.mark.parametrize("words", ["shirt-l", " SHIRT-L ", "4006381333931", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_search_finds_a_sku_and_a_barcode(client: Client, sizes: list[Variant], words: str) -> None:
    make_product("mug")
    Variant.objects.filter(pk=sizes[0].pk).update(barcode="4006381333931")
    page = client.get("/search/", {"q": words}).content.decode()
    assert "/p/shirt/" in page and "/p/mug/" not in page
    results = client.get("/api/v1/products/", {"q": words}).json()["results"]
    assert [row["slug"] for row in results] == ["shirt"]


def test_parts_of_a_sku_find_nothing(client: Client, sizes: list[Variant]) -> None:
    Product.objects.update(name="Tee")
    assert client.get("/api/v1/products/", {"q": "shirt-"}).json()["results"] == []
