"""What is on sale as Google's product data: by download in admin, and at a secret address that other programs read."""

import io
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import User
from catalog.exports import chunks
from catalog.exports.google import choose_slots
from catalog.images import add_image
from catalog.models import Category, ExportAddress, Product, Variant
from tests.catalog.imports.readings import read_bytes
from tests.catalog.imports.runs import counts_of, import_bytes, import_feed, make_source, variant_by
from tests.conftest import client_of
from tests.factories import make_category, make_product, make_variants, variant_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
RSS, TSV = "/admin/catalog/import/products.xml", "/admin/catalog/import/products.txt"
G = "{http://base.google.com/ns/1.0}"


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


def download(client: Client, path: str = RSS) -> bytes:
    return bytes(client.get(path).getvalue())


def items_of(data: bytes) -> list[dict[str, Any]]:
    """Return the values of each item by name, several in a list."""
    return [_values_of(item) for item in fromstring(data).iter("item")]  # noqa: S314  our own


def _values_of(item: Element) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for element in item:
        values.setdefault(element.tag.removeprefix(G), []).append(element.text)
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in values.items()}


def picture(colour: str) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(file, "PNG")
    file.seek(0)
    return file


def test_an_item_says_what_google_asks_for(as_merchant: Client) -> None:
    clothes = make_category("clothes", google_category="166", name="Clothes & shoes")
    hats = make_category("hats", parent=clothes, name="Hats", is_age_restricted=True)
    product = make_product("hat", name="Hat <big>\x0b", description="Warm.\nDry.", category=hats, price_minor=1_250)
    first, second = make_variants(product, "S", "M")
    Product.objects.filter(pk=product.pk).update(option_names=["Taille"])
    for colour in ("red", "blue"):
        add_image(product=product, file=picture(colour), alternative_text=colour)
    red, blue = product.images.order_by("position")
    values = {"sku": "HAT-S", "barcode": "9520000002015", "weight_g": 120, "picture": blue}
    Variant.objects.filter(pk=first.pk).update(**values, compare_at_minor=1_500, reference_minor=1_400)
    Variant.objects.filter(pk=second.pk).update(stock=0, compare_at_minor=9_900)
    site, link = settings.SITE_URL, f"{settings.SITE_URL}/p/hat/?variant="
    shared = {
        "title": "Hat <big>",
        "description": "Warm.\nDry.",
        "brand": "North",
        "item_group_id": f"product-{product.pk}",
        "google_product_category": "166",
        "product_type": "Clothes & shoes > Hats",
        "adult": "yes",
    }
    assert items_of(download(as_merchant)) == [
        shared
        | {
            "id": "HAT-S",
            "link": f"{link}{first.pk}",
            "image_link": f"{site}{blue.address(1200, 'jpeg')}",
            "additional_image_link": f"{site}{red.address(1200, 'jpeg')}",
            "availability": "in_stock",
            "price": "14.00 USD",
            "sale_price": "12.50 USD",
            "gtin": "9520000002015",
            "size": "S",
            "shipping_weight": "120 g",
        },
        shared
        | {
            "id": f"variant-{second.pk}",
            "link": f"{link}{second.pk}",
            "image_link": f"{site}{red.address(1200, 'jpeg')}",
            "additional_image_link": f"{site}{blue.address(1200, 'jpeg')}",
            "availability": "out_of_stock",
            "price": "12.50 USD",
            "identifier_exists": "no",
            "size": "M",
        },
    ]


def test_only_what_is_on_sale_here_is_exported(as_merchant: Client) -> None:
    make_product("off", is_active=False)
    make_product("elsewhere", outbound_url="https://other.example/")
    _small, large = make_variants(make_product("mug"), "S", "M")
    Variant.objects.filter(pk=large.pk).update(is_active=False)
    assert [item["title"] for item in items_of(download(as_merchant))] == ["Mug"]


def test_our_own_import_reads_the_same_products(as_merchant: Client) -> None:
    for name in ("shopify_continuation.csv", "barcodes.csv", "scripts_and_digits.csv", "google_groups.xml"):
        import_feed(name, make_source(name), takes_off_missing=False)
    Variant.objects.filter(sku="").update(sku="TOTE")
    make_product("mug", description="Holds 1 < 2 l.", name='12" mug\t"large"')
    variant_of(Product.objects.get(slug="mug")).save()
    Variant.objects.filter(product__slug="mug").update(sku="MUG", weight_g=1_200, sku_key="mug")
    before = shop()
    assert len(before) > 15
    count = len(before)
    for path in (RSS, TSV):
        data = download(as_merchant, path)
        read = read_bytes(data)
        assert (read.refused, sum(len(product.variants) for product in read.products)) == ({}, count)
        run = import_bytes(data, make_source(path))
        assert (run.created, run.refused) == (0, 0)
        assert shop() == before, path
    data = download(as_merchant)
    Product.objects.all().delete()
    run = import_bytes(data, make_source("Another shop"))
    assert counts_of(run) == (count, 0, 0, 0)
    assert {row[:4] for row in shop()} == {row[:4] for row in before}
    assert variant_by("MUG").product.name == '12" mug "large"'


def shop() -> set[tuple[Any, ...]]:
    """Return each variant on sale: SKU, price, weight, barcode, and, without their spaces, title and options."""
    variants = Variant.objects.filter(is_active=True, product__is_active=True).select_related("product")
    return {
        (v.sku, v.price_minor, v.weight_g, v.barcode, " ".join(v.product.name.split()), tuple(v.option_values))
        for v in variants
    }


def test_options_have_attributes_of_their_own() -> None:
    assert choose_slots(["Colour", "Size"]) == ["color", "size"]
    assert choose_slots(["FARBE", "Length", "Form"]) == ["color", "size", "pattern"]
    assert choose_slots(["Size", "Taille", "Colour"]) == ["size", "pattern", "color"]
    assert choose_slots(["Length"]) == ["size"]


def test_a_category_takes_googles_from_those_above(as_merchant: Client) -> None:
    top = make_category("top", google_category="Home & Garden")
    own = make_category("own", parent=top, google_category="536")
    for place, category in enumerate((top, own, make_category("below", parent=make_category("mid", parent=top)))):
        make_product(f"product-of-{place}", category=category)
    make_product("none")
    mapped = [item.get("google_product_category") for item in items_of(download(as_merchant))]
    assert mapped == ["Home & Garden", "536", "Home & Garden", None]
    assert Category.objects.get(slug="below").google_category == ""


def test_an_export_is_made_in_chunks(as_merchant: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_PRODUCTS", 3)
    for _product in range(7):
        make_product()
    response = as_merchant.get(RSS)
    assert response.streaming
    lines = iter(response)
    with CaptureQueriesContext(
        connection,
    ) as first:
        for _line in range(4):
            next(lines)
    with CaptureQueriesContext(connection) as rest:
        items = [line for line in lines if line.startswith(b"<item>")]
    assert (len(first), len(items)) == (4, 5)
    assert len(rest) == 4 + 4 + 1


def test_a_secret_address_is_open_until_it_is_deleted(as_merchant: Client, client: Client) -> None:
    make_product("mug")
    assert as_merchant.post("/admin/catalog/exportaddress/add/", {"name": "Google"}).status_code == 302
    row = ExportAddress.objects.get()
    page = as_merchant.get(f"/admin/catalog/exportaddress/{row.pk}/change/").content.decode()
    for ending, content_type in (("xml", "application/rss+xml"), ("txt", "text/tab-separated-values")):
        path = f"/exports/{row.token}.{ending}"
        assert f"{settings.SITE_URL}{path}" in page
        response = client.get(path)
        assert (response.status_code, response["Content-Type"]) == (200, f"{content_type}; charset=utf-8")
        assert response["X-Robots-Tag"] == "noindex"
        assert b"Mug" in response.getvalue()
        assert client.post(path).status_code == 405
    row.refresh_from_db()
    assert row.last_read_at is not None
    assert as_merchant.post(f"/admin/catalog/exportaddress/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    for path in (f"/exports/{row.token}.xml", "/exports/.xml", "/exports/wrong.txt"):
        assert client.get(path).status_code == 404


def test_others_may_not_download(as_moderator: Client, as_shopper: Client) -> None:
    make_product("mug")
    for path in (RSS, TSV):
        assert [client.get(path).status_code for client in (as_moderator, as_shopper, Client())] == [403, 302, 302]
    assert as_shopper.get("/admin/catalog/exportaddress/").status_code == 302
