"""Shipping in several currencies: an order pays the fee in its own, and is refused if the shop has none."""

import pytest
from django.test import Client
from pytest_django import Settings

from catalog.models import Product
from shop.models import Address, BagLine, Order
from tests.factories import make_product
from tests.shop.conftest import buy, quote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fees(settings: Settings) -> None:
    settings.SHIPPING_FEE_MINOR, settings.SHIPPING_FREE_FROM_MINOR = 499, 3500
    settings.SHIPPING_BY_CURRENCY = {"JPY": (800, 9000), "KWD": (1500, 20_000)}


@pytest.mark.parametrize(
    ("currency", "price_minor", "shipping_minor"),
    [
        ("USD", 2000, 499),
        ("USD", 3500, 0),
        ("JPY", 3500, 800),
        ("JPY", 9000, 0),
        ("KWD", 5000, 1500),
        ("KWD", 20_000, 0),
    ],
)
def test_order_pays_the_fee_of_its_currency(
    as_shopper: Client, saved_address: Address, currency: str, price_minor: int, shipping_minor: int
) -> None:
    make_product("mug", price_minor=price_minor, currency=currency)
    answer = quote(as_shopper, {"product": "mug"}).json()
    assert (answer["shipping"]["amount_minor"], answer["total"]["currency"]) == (shipping_minor, currency)
    assert buy(as_shopper, {"product": "mug"}).status_code == 201
    order = Order.objects.get()
    assert (order.shipping_minor, order.total_minor) == (shipping_minor, price_minor + shipping_minor)


def test_currency_without_a_fee_is_refused_at_every_door(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", price_minor=2000, currency="EUR", stock=5)
    sentence = "Mug can't be ordered yet: this shop has no shipping fee in Euro (EUR)."
    answer = quote(as_shopper, {"product": "mug"}).json()
    assert (answer["is_buyable"], answer["lines"][0]["problem"]) == (False, sentence)
    response = buy(as_shopper, {"product": "mug", "expected_total_minor": 2499, "expected_currency": "EUR"})
    assert (response.status_code, response.json()["detail"]) == (409, sentence)
    response = as_shopper.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    assert (response.status_code, response.json()["detail"]) == (409, sentence)
    page = as_shopper.post("/bag/", {"product": "mug", "quantity": 1}, follow=True).content.decode()
    assert sentence.replace("'", "&#x27;") in page
    assert (Order.objects.count(), BagLine.objects.count(), Product.objects.get().stock) == (0, 0, 5)


def test_fee_that_is_taken_away_leaves_the_bag_readable(
    as_shopper: Client, saved_address: Address, settings: Settings
) -> None:
    make_product("mug", price_minor=2000, currency="JPY")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    settings.SHIPPING_BY_CURRENCY = {}
    assert "has no shipping fee in Japanese Yen (JPY)" in as_shopper.get("/bag/").content.decode()
    assert buy(as_shopper, {"expected_total_minor": 2800, "expected_currency": "JPY"}).status_code == 409
    assert Order.objects.count() == 0


def test_free_shipping_is_free_in_every_currency(
    as_shopper: Client, saved_address: Address, settings: Settings
) -> None:
    settings.SHIPPING_FEE_MINOR, settings.SHIPPING_BY_CURRENCY = 0, {}
    make_product("mug", price_minor=2000, currency="EUR")
    assert quote(as_shopper, {"product": "mug"}).json()["total"]["amount_minor"] == 2000


def test_total_in_another_currency_needs_its_name(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", price_minor=9000, currency="JPY", stock=5)
    response = buy(as_shopper, {"product": "mug", "expected_total_minor": 9000})
    assert (response.status_code, response.json()) == (
        400,
        {"expected_currency": ["This order is in JPY. Send the currency of the total that the shopper confirmed."]},
    )
    wrong = buy(as_shopper, {"product": "mug", "expected_total_minor": 9000, "expected_currency": "USD"}, "key-0002")
    assert (wrong.status_code, wrong.json()["quote"]["total"]["currency"]) == (409, "JPY")
    assert (Order.objects.count(), Product.objects.get().stock) == (0, 5)
    body = {"product": "mug", "expected_total_minor": 9000, "expected_currency": "jpy"}
    assert buy(as_shopper, body, "key-0003").status_code == 201
