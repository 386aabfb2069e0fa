"""What the button says is what is charged: a total is shown, confirmed, and refused with the new one if it changed."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import IdempotencyKey
from catalog.models import Product
from shop.models import Address, BagLine, Order, Payment
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy, quote
from tests.shop.stripe import StandInStripe

pytestmark = pytest.mark.django_db


def test_quote_says_what_the_order_will_cost_and_where_it_goes(
    as_shopper: Client, saved_address: Address, settings: Settings
) -> None:
    settings.TAX_RATES_BPS = {"US": 1000}
    make_product("mug", price_minor=2900, stock=3)
    answer = quote(as_shopper, {"product": "mug"}).json()
    amounts = {name: answer[name]["amount_minor"] for name in ("goods", "shipping", "tax", "total")}
    assert amounts == {"goods": 2900, "shipping": 499, "tax": 340, "total": 3739}
    assert answer["destination"]["lines"][-2:] == ["Springfield, IL 62701", "United States"]
    assert (answer["missing"], answer["payment_page_follows"], answer["is_buyable"]) == ([], False, True)
    placed = buy(as_shopper, {"product": "mug", "expected_total_minor": 3739, "quote_id": answer["quote_id"]})
    assert (placed.status_code, placed.json()["total"]["amount_minor"]) == (201, 3739)


def test_quote_changes_nothing(client: Client) -> None:
    make_product("mug", stock=1)
    assert quote(client, {"product": "mug"}).json()["missing"] == ["address", "email"]
    assert (Product.objects.get().stock, Order.objects.count(), BagLine.objects.count()) == (1, 0, 0)


def test_quote_says_that_the_payment_page_follows(
    as_shopper: Client, saved_address: Address, stripe: StandInStripe
) -> None:
    make_product("mug")
    assert quote(as_shopper, {"product": "mug"}).json()["payment_page_follows"] is True
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    assert "Continue to payment · $24.98" in as_shopper.get("/checkout/").content.decode()


def raise_price(_settings: Settings) -> None:
    Product.objects.update(price_minor=5900)


def change_tax(settings: Settings) -> None:
    settings.TAX_RATES_BPS = {"US": 825}


def change_shipping(settings: Settings) -> None:
    settings.SHIPPING_FEE_MINOR = 999


def sell_out(_settings: Settings) -> None:
    Product.objects.update(stock=0)


def sell_all_but_one(_settings: Settings) -> None:
    Product.objects.update(stock=1)


def change_currency(_settings: Settings) -> None:
    Product.objects.update(currency="EUR")


def shift_price_to_shipping(settings: Settings) -> None:
    Product.objects.update(price_minor=2901 - 250)
    settings.SHIPPING_FEE_MINOR = 499 + 498


CHANGES = [raise_price, change_tax, change_shipping, sell_out, sell_all_but_one, change_currency]


def assert_nothing_was_bought() -> None:
    assert not Order.objects.exists() and not Payment.objects.exists() and not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("is_bag", [False, True])
def test_api_refuses_what_was_not_confirmed_and_answers_with_the_new_quote(
    as_shopper: Client, saved_address: Address, settings: Settings, change: Callable[[Settings], None], is_bag: bool
) -> None:
    make_product("mug", price_minor=1450, stock=5)
    if is_bag:
        as_shopper.post("/api/v1/bag/", {"product": "mug", "quantity": 2}, content_type="application/json")
    body: dict[str, object] = {} if is_bag else {"product": "mug", "quantity": 2}
    shown = quote(as_shopper, body).json()
    change(settings)
    stock = Product.objects.get().stock
    confirmed = {"expected_total_minor": shown["total"]["amount_minor"], "quote_id": shown["quote_id"]}
    response = buy(as_shopper, body | confirmed)
    assert response.status_code == 409 and response.json()["detail"]
    now = response.json()["quote"]
    assert now == quote(as_shopper, body).json() and now["quote_id"] != shown["quote_id"]
    assert_nothing_was_bought()
    assert Product.objects.get().stock == stock
    if now["is_buyable"]:
        total = now["total"]
        again = {"expected_total_minor": total["amount_minor"], "expected_currency": total["currency"]}
        assert buy(as_shopper, body | again).status_code == 201


@pytest.mark.parametrize("change", [*CHANGES, shift_price_to_shipping])
def test_checkout_page_comes_back_with_the_new_total_and_everything_that_was_typed(
    client: Client, settings: Settings, change: Callable[[Settings], None]
) -> None:
    make_product("mug", price_minor=1450, stock=5)
    client.post("/bag/", {"product": "mug", "quantity": 2, "then": "checkout"})
    form = read_form(client.get("/checkout/").content.decode(), field="key")
    assert form["expected_total_minor"] == "3399"
    change(settings)
    response = client.post("/checkout/", form | {**ADDRESS, "email": "guest@example.com"})
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert 'value="Sam Shopper"' in page and 'value="guest@example.com"' in page and 'role="alert"' in page
    assert_nothing_was_bought()
    again = read_form(page, field="key")
    if "Place order" in page:
        assert client.post("/checkout/", again).status_code == 302
        assert Order.objects.get().total.text in page
    else:
        assert "Change your bag" in page


def test_checkout_without_a_total_buys_nothing(client: Client) -> None:
    make_product("mug")
    client.post("/bag/", {"product": "mug", "quantity": 1})
    for total in ({}, {"expected_total_minor": "x", "expected_currency": "USD"}):
        form = {**ADDRESS, "email": "guest@example.com", "key": "0123456789", **total}
        assert client.post("/checkout/", form).status_code == 409
    assert_nothing_was_bought()


def test_another_country_on_the_form_shows_its_tax_before_it_is_charged(client: Client, settings: Settings) -> None:
    settings.TAX_RATES_BPS = {"DE": 1900}
    make_product("mug", price_minor=4000)
    client.post("/bag/", {"product": "mug", "quantity": 1})
    form = read_form(client.get("/checkout/").content.decode(), field="key")
    german = {**ADDRESS, "email": "g@example.com", "country_code": "DE", "region": "", "postal_code": "10115"}
    response = client.post("/checkout/", form | german)
    assert response.status_code == 409 and "$47.60" in response.content.decode()
    assert_nothing_was_bought()
    assert client.post("/checkout/", read_form(response.content.decode(), field="key")).status_code == 302
    assert (Order.objects.get().total_minor, Order.objects.get().tax_minor) == (4760, 760)


@pytest.mark.parametrize("missing", ["expected_total_minor"])
def test_api_requires_the_total(as_shopper: Client, saved_address: Address, missing: str) -> None:
    make_product("mug")
    headers = {"Idempotency-Key": "key-0001"}
    response = as_shopper.post("/api/v1/checkout/", {"product": "mug"}, "application/json", headers=headers)
    assert (response.status_code, list(response.json())) == (400, [missing])
    assert_nothing_was_bought()


def test_total_without_a_currency_is_one_of_the_shops(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", price_minor=6800, currency="JPY")
    response = buy(as_shopper, {"product": "mug", "expected_total_minor": 6800})
    assert response.status_code == 409
    assert_nothing_was_bought()


def test_same_key_with_another_address_for_the_bag_is_422(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    total = {"expected_total_minor": 2498}
    first = buy(as_shopper, {"address": ADDRESS, **total})
    again = buy(as_shopper, {"address": ADDRESS, **total})
    other = buy(as_shopper, {"address": {**ADDRESS, "street": "2 Side Street"}, **total})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert (again.json()["code"], Order.objects.count()) == (first.json()["code"], 1)
