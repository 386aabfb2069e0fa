"""Discount codes: what they take off, who may use them how often, and that what was not paid is given back."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from catalog.models import TaxClass, Variant
from shop.invoice_checks import find_invoice_problems
from shop.mail import mail_orders
from shop.models import DiscountCode, DiscountUse, Invoice, Order, TaxRate
from shop.refunds import plan_refund
from shop.release import expire_orders, release_order
from tests.conftest import client_of
from tests.factories import make_category, make_member, make_merchant, make_product, make_user
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy, page_of, quote
from tests.shop.stripe import StandInStripe, deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
GERMAN = {**ADDRESS, "country_code": "DE", "city": "Berlin", "region": "", "postal_code": "10115"}


def make_code(code: str = "SUMMER10", **fields: Any) -> DiscountCode:
    """Return a code for 10 % off everything."""
    values: dict[str, Any] = {"valid_from": timezone.now() - timedelta(days=1), "currency": "USD"} | fields
    if "amount_minor" not in values:
        values.setdefault("percent_bps", 1000)
    return DiscountCode.objects.create(code=code, **values)


def body_for(email: str = "ada@example.com", code: str = "SUMMER10", **fields: Any) -> dict[str, Any]:
    return {"product": "mug", "email": email, "address": ADDRESS, "discount_code": code} | fields


def order_with(client: Client | None = None, key: str = "key-0001", **fields: Any) -> Order:
    response = buy(client or Client(), body_for(**fields), key)
    assert response.status_code == 201, response.content
    return Order.objects.get(code=response.json()["code"])


def refusal_of(key: str = "key-0002", **fields: Any) -> str:
    """Return why an order with a code is refused. The answer has a new quote, and nothing has changed."""
    before = Order.objects.count(), DiscountUse.objects.count(), list(Variant.objects.values_list("stock", flat=True))
    response = buy(Client(), body_for(**fields), key)
    assert response.status_code == 409, response.content
    assert response.json()["quote"]["discount"]["amount_minor"] == 0
    assert response.json()["quote"]["discount_problem"] in (response.json()["detail"], "")
    after = Order.objects.count(), DiscountUse.objects.count(), list(Variant.objects.values_list("stock", flat=True))
    assert after == before
    return str(response.json()["detail"])


@pytest.fixture(autouse=True)
def mug() -> None:
    make_product("mug", price_minor=2000, stock=50)


@pytest.mark.parametrize("typed", ["SUMMER10", " summer 10 ", "Su mmer\u200b10"])
def test_code_is_found_in_any_case_and_with_spaces(typed: str) -> None:
    code = make_code()
    answer = quote(Client(), body_for(code=typed)).json()
    assert (answer["discount"]["amount_minor"], answer["discount_code"], answer["discount_problem"]) == (
        200, "SUMMER10", "",
    )  # fmt: skip
    assert (answer["goods"]["amount_minor"], answer["total"]["amount_minor"]) == (1800, 2299)
    order = order_with(code=typed)
    assert (order.discount_minor, order.discount_name, order.goods_minor, order.total_minor) == (
        200,
        "SUMMER10",
        1800,
        2299,
    )
    code.refresh_from_db()
    assert (code.uses_count, code.uses.get().order) == (1, order)


@pytest.mark.parametrize("prices_include_tax", [True, False])
def test_discount_is_divided_to_the_cent_and_taxed_after_it(settings: Settings, prices_include_tax: bool) -> None:
    settings.PRICES_INCLUDE_TAX, settings.SHIPPING_FEE_MINOR = prices_include_tax, 0
    books = TaxClass.objects.create(name="Books")
    since = timezone.localdate()
    TaxRate.objects.create(country_code="DE", rate_bps=1900, valid_from=since)
    TaxRate.objects.create(country_code="DE", rate_bps=700, tax_class=books, valid_from=since)
    make_product("novel", price_minor=999, category=make_category("novels", tax_class=books))
    make_code(percent_bps=None, amount_minor=1000)
    lines = [{"product": "mug"}, {"product": "novel", "quantity": 3}]
    body = body_for(address=GERMAN, lines=lines)
    del body["product"]
    assert buy(Client(), body).status_code == 201
    order = Order.objects.get()
    parts = list(order.lines.order_by("pk").values_list("discount_minor", "amount_minor"))
    assert (order.discount_minor, parts) == (1000, [(400, 1600), (600, 2397)])
    taxes = {tax["rate_bps"]: tax["tax_minor"] for tax in order.taxes}
    assert taxes == ({1900: 255, 700: 157} if prices_include_tax else {1900: 304, 700: 168})
    novel = order.lines.get(product__slug="novel")
    for _unit in range(3):
        plan_refund(order_id=order.pk, quantities={novel.pk: 1}, created_by=None, now=timezone.now())
    assert sum(refund.goods_minor for refund in order.refunds.all()) == 2397
    plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    order.refresh_from_db()
    assert order.refunded_minor == order.total_minor
    assert list(find_invoice_problems()) == []


def test_business_abroad_pays_nothing_with_a_code_for_everything(settings: Settings) -> None:
    settings.SHOP_COUNTRY, settings.PRICES_INCLUDE_TAX, settings.TAX_RATES_BPS = "IE", True, {"DE": 1900}
    make_code(percent_bps=10_000)
    order = order_with(address=GERMAN, vat_number="DE136695976", quantity=3)
    assert (order.is_reverse_charged, order.total_minor) == (True, 0)


def test_order_of_nothing_is_completed_without_the_provider(stripe: StandInStripe) -> None:
    make_code(percent_bps=10_000)
    response = buy(Client(), body_for(quantity=3))
    assert (response.status_code, response.json()["state"], response.json()["next_url"]) == (201, "paid", "")
    order = Order.objects.get()
    assert (order.total_minor, order.shipping_minor, order.payments.get().provider) == (0, 0, "none")
    assert stripe.all_of("checkout.session") == []
    assert Invoice.objects.get().total_minor == 0


def test_amount_takes_no_more_than_the_goods_cost() -> None:
    make_code(percent_bps=None, amount_minor=999_999)
    assert order_with().total_minor == 0


def test_code_for_some_products_takes_nothing_off_others() -> None:
    kitchen = make_category("kitchen")
    make_product("pan", price_minor=1000, category=make_category("pans", parent=kitchen))
    code = make_code(percent_bps=5000)
    code.categories.add(kitchen)
    assert refusal_of() == "This discount code is not for these products."
    body = body_for(lines=[{"product": "mug"}, {"product": "pan"}])
    del body["product"]
    assert quote(Client(), body).json()["discount"]["amount_minor"] == 500
    code.products.add(Variant.objects.get(product__slug="mug").product)
    assert quote(Client(), body).json()["discount"]["amount_minor"] == 1500


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_active": False}, "We don't know this discount code. Check how it is written."),
        (
            {"valid_from": timezone.now() + timedelta(days=1)},
            "We don't know this discount code. Check how it is written.",
        ),
        ({"valid_until": timezone.now() - timedelta(hours=1)}, "This discount code has expired."),
        ({"uses_limit": 0}, "This discount code has been used up."),
        ({"min_order_minor": 2001}, "This discount code is for orders of $20.01 or more."),
        ({"percent_bps": None, "amount_minor": 5, "currency": "EUR"}, "This discount code is for orders in EUR."),
    ],
)
def test_code_that_takes_nothing_off_is_refused_with_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    make_code(**fields)
    assert refusal_of(expected_total_minor=2299) == sentence
    assert refusal_of(code="NOTHING", expected_total_minor=2299).startswith("We don't know this discount code.")


def test_limit_per_person_counts_spellings_of_the_address_and_the_account(shopper: User) -> None:
    make_code(uses_per_person=1)
    order_with(email="Ada@Example.com")
    for email in ("ada@example.com", " ADA@EXAMPLE.COM ", "Ada@example.com"):
        assert refusal_of(email=email, expected_total_minor=2299) == "You have used this discount code before."
    order_with(email="bob@example.com", key="key-0003")
    order_with(client_of(shopper), key="key-0004")
    User.objects.filter(pk=shopper.pk).update(email="other@example.com")
    again = buy(client_of(User.objects.get(pk=shopper.pk)), body_for(expected_total_minor=2299), "key-0005")
    assert again.json()["detail"] == "You have used this discount code before."
    assert DiscountCode.objects.get().uses_count == 3


def test_use_is_given_back_once_when_nothing_was_paid(client: Client, stripe: StandInStripe) -> None:
    code = make_code(uses_limit=1)
    first = order_with()
    assert refusal_of(expected_total_minor=2299) == "This discount code has been used up."
    for _time in range(2):
        release_order(order_id=first.pk, now=timezone.now())
    code.refresh_from_db()
    assert (code.uses_count, code.uses.exclude(given_back_at=None).count()) == (0, 1)
    second = order_with(key="key-0003")
    expire_orders(now=timezone.now() + timedelta(hours=2))
    code.refresh_from_db()
    assert (code.uses_count, Order.objects.get(pk=second.pk).state) == (0, "cancelled")
    third = order_with(key="key-0004")
    stripe.pay(page_of(third))
    deliver(client, stripe)
    plan_refund(order_id=third.pk, created_by=None, now=timezone.now())
    code.refresh_from_db()
    assert code.uses_count == 1  # it was paid, so a refund gives nothing back


def test_code_of_an_unpaid_order_is_told_from_one_that_was_used(client: Client, stripe: StandInStripe) -> None:
    make_code(uses_per_person=1)
    first = order_with()
    sentence = "You used this discount code in an order that waits for its payment. Pay for that order, or cancel it."
    assert refusal_of(expected_total_minor=2299) == sentence
    stripe.pay(page_of(first))
    deliver(client, stripe)
    assert refusal_of(expected_total_minor=2299) == "You have used this discount code before."


def test_code_that_is_switched_off_between_bag_and_payment_is_refused_with_a_new_quote() -> None:
    code = make_code()
    total = quote(Client(), body_for()).json()["total"]["amount_minor"]
    DiscountCode.objects.update(is_active=False)
    answer = buy(Client(), body_for(expected_total_minor=total))
    assert (answer.status_code, answer.json()["quote"]["total"]["amount_minor"]) == (409, 2499)
    DiscountCode.objects.update(is_active=True, percent_bps=500)
    answer = buy(Client(), body_for(expected_total_minor=total))
    assert (answer.status_code, answer.json()["quote"]["total"]["amount_minor"]) == (409, 2399)
    code.refresh_from_db()
    assert (code.uses_count, Order.objects.count()) == (0, 0)


def test_price_that_fell_meanwhile_is_what_the_discount_is_taken_off() -> None:
    make_code()
    Variant.objects.update(price_minor=1000)
    assert order_with().discount_minor == 100


def post_checkout(client: Client, **changes: Any) -> Any:
    """Send the form of the checkout page as it is shown, with changes."""
    fields = read_form(client.get("/checkout/").content.decode(), field="expected_total_minor")
    fields |= {name: value for name, value in ADDRESS.items() if name in fields}
    return client.post("/checkout/", fields | {"email": "ada@example.com", **changes})


def test_code_is_typed_in_the_bag_and_counts_at_checkout(client: Client) -> None:
    make_code()
    client.post("/bag/", {"product": "mug", "quantity": 1})
    refused = client.post("/bag/", {"then": "discount", "typed_code": "winter"})
    page = unescape(refused.content.decode())
    assert (refused.status_code, "We don't know this discount code." in page, 'value="winter"' in page) == (
        422,
        True,
        True,
    )
    assert client.post("/bag/", {"then": "discount", "typed_code": "\0\u200b"}).status_code == 422
    page = client.post("/bag/", {"then": "discount", "typed_code": "summer 10"}, follow=True).content.decode()
    assert "SUMMER10" in page and "$2.00" in page and "$22.99" in page
    answer = post_checkout(client)
    assert answer.status_code == 302, answer.content
    order = Order.objects.get()
    assert (order.discount_minor, order.total_minor) == (200, 2299)
    shown = client.get(f"/orders/{order.code}/").content.decode()
    assert "SUMMER10" in shown and "$20.00" in shown and "$22.99" in shown
    mail_orders(now=timezone.now())
    assert "Discount SUMMER10  -$2.00" in str(mail.outbox[-1].body)
    assert "Discount SUMMER10" in str(Invoice.objects.get().content)
    client.post("/bag/", {"product": "mug", "quantity": 1})
    assert "SUMMER10" not in client.get("/bag/").content.decode()


def test_code_is_typed_and_removed_at_checkout_and_one_that_ended_costs_nobody_the_order(client: Client) -> None:
    make_code()
    client.post("/bag/", {"product": "mug", "quantity": 1})
    page = post_checkout(client, then="country", typed_code="summer10").content.decode()
    assert 'name="discount_code" value="SUMMER10"' in page and "Sam Shopper" in page
    page = post_checkout(client, remove_code="1").content.decode()
    assert "SUMMER10" not in page
    post_checkout(client, then="country", typed_code="summer10")
    fields = read_form(client.get("/checkout/").content.decode(), field="expected_total_minor")
    DiscountCode.objects.update(valid_until=timezone.now())
    fields |= {name: value for name, value in ADDRESS.items() if name in fields}
    answer = client.post("/checkout/", fields | {"email": "ada@example.com"})
    page = unescape(answer.content.decode())
    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert "This discount code has expired." in page and "$24.99" in page
    assert post_checkout(client).status_code == 302
    assert Order.objects.get().total_minor == 2499


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_code_takes_nothing_off_what_its_buyer_sells(is_signed_in: bool) -> None:
    make_code()
    lamps = make_merchant("lamps", name="Lamp House")
    make_product("lamp", price_minor=2000, merchant=lamps)
    seller = make_member(lamps, user=make_user("Seller@example.com"))
    client = client_of(seller) if is_signed_in else Client()
    body = body_for(email="seller@example.com", product="lamp")
    response = buy(client, body, "key-0003")
    assert response.status_code == 409
    assert response.json()["detail"] == "You act for Lamp House, so discount codes don't apply to what it sells."
    assert response.json()["quote"]["total"]["amount_minor"] == 2499
    assert not Order.objects.exists() and not DiscountUse.objects.exists()
    assert buy(client, body | {"discount_code": ""}, "key-0004").status_code == 201
    assert order_with(client, "key-0005", email="seller@example.com").discount_minor == 200, "goods of the house"
