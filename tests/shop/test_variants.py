"""Bags, orders, cancellations and returns of products with several variants."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import StockMovement, Variant
from shop.models import BagLine, Order
from tests.factories import make_product, make_variants

pytestmark = pytest.mark.django_db

ADDRESS = {
    "name": "Ada",
    "street": "1 Main St",
    "city": "Reno",
    "region": "NV",
    "postal_code": "89501",
    "country_code": "US",
}


@pytest.fixture
def sizes() -> list[Variant]:
    return make_variants(make_product("shirt", price_minor=2000, stock=5), "S", "M")


def post(client: Client, url: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, body, "application/json", headers=headers)


def test_size_must_be_chosen(client: Client, sizes: list[Variant]) -> None:
    answer = post(client, "/api/v1/bag/", {"product": "shirt"})
    assert (answer.status_code, "Size" in answer.json()["variant"][0]) == (400, True)
    page = client.post("/bag/", {"product": "shirt", "quantity": 1}, follow=True)
    assert (
        page.redirect_chain[0][0] == "/p/shirt/" and "Choose a variant of Shirt first: Size." in page.content.decode()
    )
    quote = post(client, "/api/v1/quote/", {"product": "shirt"})
    assert quote.status_code == 400
    other = make_variants(make_product("mug"), "Big", "Small")[0]
    assert post(client, "/api/v1/bag/", {"product": "shirt", "variant": other.pk}).status_code == 400
    assert BagLine.objects.count() == 0


def test_size_need_not_be_chosen_where_there_is_one(client: Client, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(is_active=False)
    assert post(client, "/api/v1/bag/", {"product": "shirt"}).json()["lines"][0]["variant"] == sizes[1].pk


def test_each_size_is_a_line_of_the_bag(client: Client, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[1].pk).update(price_minor=2500)
    for variant in (*sizes, sizes[1]):
        bag = post(client, "/api/v1/bag/", {"product": "shirt", "variant": variant.pk}).json()
    rows = [(line["options"], line["quantity"], line["amount"]["amount_minor"]) for line in bag["lines"]]
    assert rows == [("S", 1, 2000), ("M", 2, 5000)]
    assert "M" in client.get("/bag/").content.decode()
    body = {"product": "shirt", "variant": sizes[1].pk, "quantity": 0}
    left = client.patch("/api/v1/bag/", body, "application/json").json()["lines"]
    assert [line["variant"] for line in left] == [sizes[0].pk]


def test_order_takes_the_stock_of_its_size_and_gives_it_back(client: Client, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[1].pk).update(price_minor=2500)
    wanted = {"product": "shirt", "variant": sizes[1].pk, "quantity": 2, "email": "ada@example.com", "address": ADDRESS}
    quote = post(client, "/api/v1/quote/", wanted).json()
    assert (quote["lines"][0]["options"], quote["goods"]["amount_minor"]) == ("M", 5000)
    bought = post(
        client, "/api/v1/checkout/", wanted | {"expected_total_minor": quote["total"]["amount_minor"]}, "key-00001"
    )
    assert bought.status_code == 201, bought.json()
    line = bought.json()["lines"][0]
    assert (line["name"], line["variant"]) == ("Shirt – M", sizes[1].pk)
    assert list(Variant.objects.order_by("pk").values_list("stock", flat=True)) == [5, 3]
    code = bought.json()["code"]
    assert '<span class="soft small" dir="auto">M</span>' in client.get(f"/orders/{code}/").content.decode()
    assert post(client, f"/api/v1/orders/{code}/cancel/", {}, "key-00002").status_code == 200
    assert list(Variant.objects.order_by("pk").values_list("stock", flat=True)) == [5, 5]
    moved = StockMovement.objects.filter(variant=sizes[1], reason=code).order_by("pk").values_list("change", flat=True)
    assert (list(moved), Order.objects.get().code) == ([-2, 2], code)


def test_size_that_is_not_counted_never_sells_out(client: Client, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(is_counted=False, stock=0)
    wanted = {
        "product": "shirt",
        "variant": sizes[0].pk,
        "quantity": 20,
        "email": "ada@example.com",
        "address": ADDRESS,
    }
    total = post(client, "/api/v1/quote/", wanted).json()["total"]["amount_minor"]
    bought = post(client, "/api/v1/checkout/", wanted | {"expected_total_minor": total}, "key-00001")
    assert (bought.status_code, StockMovement.objects.filter(kind="sold").count()) == (201, 0)


def test_size_that_was_removed_between_sheet_and_tap_is_refused(client: Client, sizes: list[Variant]) -> None:
    wanted = {"product": "shirt", "variant": sizes[1].pk, "quantity": 1, "email": "ada@example.com", "address": ADDRESS}
    total = post(client, "/api/v1/quote/", wanted).json()["total"]["amount_minor"]
    Variant.objects.filter(pk=sizes[1].pk).update(is_active=False)
    refused = post(client, "/api/v1/checkout/", wanted | {"expected_total_minor": total}, "key-00001")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Shirt – M is sold out. Your order was not placed.")
    sizes[1].delete()
    gone = post(client, "/api/v1/checkout/", wanted | {"expected_total_minor": total}, "key-00002")
    assert (gone.status_code, Order.objects.count()) == (409, 0)
