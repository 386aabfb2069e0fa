"""Without a payment provider nothing is for sale here: every door says so, and links to other shops stay."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import IdempotencyKey
from catalog.models import Product
from shop.models import Address, Bag, BagLine, Order, Payment
from shop.states import OrderState
from tests.factories import NOW, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from tests.shop.conftest import ADDRESS, buy, quote
from tests.shop.stripe import post_event

pytestmark = pytest.mark.django_db
SENTENCE = "This shop isn't taking orders at the moment."
CHECKOUT = {**ADDRESS, "email": "guest@example.com", "key": "0123456789"}


@pytest.fixture
def mug() -> Product:
    return make_product("mug", stock=5)


@pytest.fixture
def lamp() -> Product:
    """Return a product that another shop sells."""
    return make_product("lamp", outbound_url="https://lamps.example/1")


@pytest.fixture
def closed(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "none"


def put_in_bag(client: Client, product: Product) -> None:
    assert client.post("/api/v1/bag/", {"product": product.slug}, "application/json").status_code == 200


def assert_nothing_was_ordered(product: Product, *, stock: int = 5) -> None:
    product.refresh_from_db()
    assert product.stock == stock
    assert not Order.objects.exists() and not Payment.objects.exists() and not IdempotencyKey.objects.exists()
    assert not Address.objects.exists()


def read(client: Client, url: str) -> str:
    return client.get(url).content.decode().replace("&#x27;", "'")


def test_buying_now_is_refused_before_anything_is_written(client: Client, mug: Product, closed: None) -> None:
    response = buy(client, {"product": "mug", "email": "guest@example.com", "address": ADDRESS})
    assert (response.status_code, response.json()) == (409, {"detail": SENTENCE})
    assert_nothing_was_ordered(mug)


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_bag_from_before_is_kept_and_cannot_be_checked_out(
    client: Client, mug: Product, settings: Settings, door: str
) -> None:
    put_in_bag(client, mug)
    settings.PAYMENT_PROVIDER = "none"
    if door == "api":
        response = buy(client, {"email": "guest@example.com", "address": ADDRESS})
        assert (response.status_code, response.json()) == (409, {"detail": SENTENCE})
    else:
        assert client.post("/checkout/", CHECKOUT).headers["Location"] == "/bag/"
        assert client.get("/checkout/").headers["Location"] == "/bag/"
    page = read(client, "/bag/")
    assert SENTENCE in page and "Check out" not in page and "Sold out" not in page
    assert BagLine.objects.get().quantity == 1
    assert_nothing_was_ordered(mug)


def test_nothing_can_be_added_to_the_bag(client: Client, mug: Product, closed: None) -> None:
    response = client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    assert (response.status_code, response.json()) == (409, {"detail": SENTENCE})
    for then in ("bag", "checkout"):
        answer = client.post("/bag/", {"product": "mug", "quantity": 1, "then": then}, follow=True)
        assert SENTENCE in answer.content.decode().replace("&#x27;", "'")
    assert not BagLine.objects.exists() and not Bag.objects.exists()


def test_what_is_in_the_bag_can_be_removed_but_not_increased(client: Client, mug: Product, settings: Settings) -> None:
    put_in_bag(client, mug)
    settings.PAYMENT_PROVIDER = "none"
    more = client.patch("/api/v1/bag/", {"product": "mug", "quantity": 2}, "application/json")
    assert (more.status_code, more.json(), BagLine.objects.get().quantity) == (409, {"detail": SENTENCE}, 1)
    assert client.get("/api/v1/bag/").json()["lines"][0]["is_available"] is False
    assert client.patch("/api/v1/bag/", {"product": "mug", "quantity": 0}, "application/json").status_code == 200
    assert not BagLine.objects.exists()


def test_feed_cards_offer_nothing_but_links_to_other_shops(
    client: Client, mug: Product, lamp: Product, closed: None
) -> None:
    make_watchable_clip(products=[mug, lamp])
    tags = {tag["product"]["slug"]: tag["product"] for tag in read_feed(client)["clips"][0]["tags"]}
    assert (tags["mug"]["is_for_sale"], tags["lamp"]["is_for_sale"]) == (False, True)
    page = read(client, "/")
    assert page.count("Not for sale yet") == 2  # the card, and the message for cards that scripts build
    assert "/out/" in page
    slides = re.sub(r"<template.*?</template>|<dialog.*?</dialog>", "", page, flags=re.DOTALL)
    assert "Buy now" not in slides and "Add to bag" not in slides and "Go to shop" in slides


def test_product_pages_offer_nothing_but_links_to_other_shops(
    client: Client, mug: Product, lamp: Product, closed: None
) -> None:
    own, other = read(client, "/p/mug/"), read(client, "/p/lamp/")
    assert SENTENCE in own and "Buy now" not in own and "Add to bag" not in own and "schema.org/InStock" not in own
    assert SENTENCE not in other and "Go to shop" in other and "schema.org/InStock" in other
    [structured] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', own)
    assert "offers" not in json.loads(structured)
    assert client.get("/api/v1/products/mug/").json()["is_for_sale"] is False
    assert client.get("/api/v1/products/lamp/").json()["is_for_sale"] is True


def test_an_order_from_before_is_not_charged(
    as_shopper: Client, saved_address: Address, mug: Product, settings: Settings
) -> None:
    order = Order.objects.create(
        user=saved_address.user, email="a@example.com", currency="USD", placed_at=NOW, reserved_until=NOW + timedelta(1),
        goods_minor=1, shipping_minor=0, tax_minor=0, total_minor=1, **ADDRESS
    )  # fmt: skip
    settings.PAYMENT_PROVIDER = "none"
    page = as_shopper.post(f"/orders/{order.code}/pay/", follow=True).content.decode().replace("&#x27;", "'")
    assert SENTENCE in page
    order.refresh_from_db()
    assert (order.state, Payment.objects.count()) == (OrderState.PENDING, 0)
    assert as_shopper.get("/orders/").status_code == 200


def test_a_repeated_request_still_gets_the_order_that_it_placed(
    as_shopper: Client, saved_address: Address, mug: Product, settings: Settings
) -> None:
    body = {
        "product": "mug",
        "expected_total_minor": quote(as_shopper, {"product": "mug"}).json()["total"]["amount_minor"],
    }
    placed = buy(as_shopper, body)
    settings.PAYMENT_PROVIDER = "none"
    repeated = buy(as_shopper, body)
    assert (placed.status_code, repeated.status_code) == (201, 200)
    assert repeated.json()["code"] == placed.json()["code"]


def test_without_a_secret_nobody_can_sign_webhooks(client: Client, settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    event = {"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}
    assert post_event(client, event, "") == 400


def test_the_shop_is_open_with_a_provider(client: Client, mug: Product) -> None:
    assert SENTENCE not in read(client, "/p/mug/")
    assert "Buy now" in read(client, "/p/mug/")
    assert client.get("/api/v1/products/mug/").json()["is_for_sale"] is True
