"""Bags of a visitor and an account become one on signing in, and a bag has one currency."""

from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Product
from shop.models import Address, Bag, BagLine, Order
from tests.conftest import client_of
from tests.factories import make_product
from tests.shop.conftest import buy, quote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fee_in_yen(settings: Settings) -> None:
    settings.SHIPPING_BY_CURRENCY = {"JPY": (500, 9000)}


def add(client: Client, slug: str, quantity: int) -> None:
    assert client.post("/api/v1/bag/", {"product": slug, "quantity": quantity}, "application/json").status_code == 200


@pytest.mark.parametrize(
    ("own", "guests", "stock", "together"), [(2, 3, 50, 5), (15, 10, 50, 20), (2, 3, 4, 4), (1, 1, 1, 1)]
)
def test_quantities_are_added_up_to_the_most_that_can_be_bought(
    client: Client, shopper: User, own: int, guests: int, stock: int, together: int
) -> None:
    make_product("mug", stock=stock)
    add(client_of(shopper), "mug", own)
    add(client, "mug", guests)
    client.force_login(shopper)
    page = unescape(client.get("/bag/").content.decode())
    assert BagLine.objects.get().quantity == together
    sentence = f"Your two bags had {own + guests} of this together. {together} are in your bag now"
    assert (sentence in " ".join(page.split())) is (together < own + guests)
    [line] = client.get("/api/v1/bag/").json()["lines"]
    assert line["merged_quantity"] == (own + guests if together < own + guests else None)
    assert Bag.objects.count() == 1
    client.post("/bag/", {"product": "mug", "quantity": 1, "then": "change"})
    assert "Your two bags" not in client.get("/bag/").content.decode()


def test_each_device_adds_its_bag_once(shopper: User) -> None:
    make_product("mug", stock=50)
    phone, laptop = Client(), Client()
    add(phone, "mug", 2)
    add(laptop, "mug", 3)
    for device in (phone, laptop):
        device.force_login(shopper)
        for _reload in range(2):
            device.get("/bag/")
    assert [line.quantity for line in BagLine.objects.all()] == [5]


def test_product_in_another_currency_is_refused_with_both_named(client: Client) -> None:
    make_product("bowl", price_minor=6800, currency="JPY")
    make_product("mug", price_minor=5400)
    add(client, "bowl", 1)
    refused = client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    assert refused.status_code == 409
    assert refused.json()["detail"] == (
        "Mug is priced in US Dollar (USD), but the rest of your bag is in Japanese Yen (JPY). Order them one after the other."
    )
    for then in ("bag", "checkout"):
        page = client.post("/bag/", {"product": "mug", "quantity": 1, "then": then}, follow=True)
        assert "Mug is priced in US Dollar (USD)" in unescape(page.content.decode())
    assert [line.product.slug for line in BagLine.objects.all()] == ["bowl"]


def mix_bag(client: Client) -> None:
    """Fill a bag with two products, of which one then gets another currency."""
    make_product("bowl", price_minor=6800, currency="USD", stock=5)
    make_product("mug", price_minor=5400, stock=5)
    add(client, "bowl", 1)
    add(client, "mug", 1)
    Product.objects.filter(slug="bowl").update(currency="JPY")


def test_mixed_bag_is_never_added_up(as_shopper: Client, saved_address: Address) -> None:
    mix_bag(as_shopper)
    page = unescape(as_shopper.get("/bag/").content.decode())
    assert "¥12,200" not in page and "$122.00" not in page and "Check out" not in page
    assert "Mug is priced in US Dollar (USD)" in page and "¥6,800" in page
    assert [line["is_available"] for line in as_shopper.get("/api/v1/bag/").json()["lines"]] == [True, False]
    shown = quote(as_shopper, {}).json()
    assert (shown["goods"]["text"], shown["is_buyable"]) == ("¥6,800", False)
    checkout = unescape(as_shopper.get("/checkout/").content.decode())
    assert "Place order" not in checkout and "Mug is priced in US Dollar (USD)" in checkout
    assert buy(as_shopper, {"expected_total_minor": 12200, "expected_currency": "JPY"}).status_code == 409
    lines = {"lines": [{"product": "bowl"}, {"product": "mug"}], "expected_total_minor": 12200}
    assert buy(as_shopper, lines).status_code == 409
    assert Order.objects.count() == 0
    as_shopper.post("/bag/", {"product": "mug", "quantity": 0, "then": "change"})
    assert buy(as_shopper, {}).json()["goods"]["text"] == "¥6,800"


def test_line_that_cannot_be_bought_is_not_in_the_total(client: Client) -> None:
    make_product("mug", price_minor=4000)
    make_product("cup", price_minor=9000)
    add(client, "mug", 1)
    add(client, "cup", 1)
    Product.objects.filter(slug="cup").update(stock=0)
    page = client.get("/bag/").content.decode()
    assert "$130.00" not in page and '<dd class="totals__sum">$40.00</dd>' in page
