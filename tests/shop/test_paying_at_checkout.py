"""The pages on which a shopper pays, without JavaScript: with a kept card or in another way, and coming back."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Product
from feedsite.account_erasure import erase_account
from feedsite.personal_data import collect_data
from shop.kept_cards import sync_cards
from shop.models import Address, KeptCard, Order, ProviderCustomer
from shop.reconciliation import reconcile
from tests.factories import NOW, make_product
from tests.html_forms import read_form
from tests.shop.conftest import buy, page_of
from tests.shop.stripe import StandInStripe, deliver

pytestmark = pytest.mark.django_db
WITH_CARD = "pay with \u2066Visa ••••\u00a04242\u2069 or in another way"


@pytest.fixture
def mug(saved_address: Address) -> Product:
    return make_product("mug", stock=9, price_minor=2000)


def fill_bag(client: Client) -> str:
    client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    return client.get("/checkout/").content.decode()


def press(client: Client, page: str, **fields: str) -> Any:
    """Press a button of the checkout page."""
    return client.post("/checkout/", read_form(page, field="key") | fields)


def keep(client: Client, stripe: StandInStripe) -> KeptCard:
    press(client, fill_bag(client), card="", keep_card="on")
    stripe.pay(page_of(Order.objects.latest("pk")))
    deliver(client, stripe)
    return KeptCard.objects.get()


def test_checkout_offers_to_keep_the_card_without_a_tick(
    as_shopper: Client, mug: Product, stripe: StandInStripe
) -> None:
    page = fill_bag(as_shopper)
    assert "Continue to payment · $24.99" in page
    assert '<input type="checkbox" name="keep_card">' in page
    press(as_shopper, page, card="")
    stripe.pay(page_of(Order.objects.get()))
    deliver(as_shopper, stripe)
    assert (KeptCard.objects.count(), stripe.all_of("customer")) == (0, [])


def test_guest_sees_no_tick(client: Client, mug: Product, stripe: StandInStripe) -> None:
    assert "keep_card" not in fill_bag(client)


def test_second_order_is_paid_by_the_button_that_names_the_card(
    as_shopper: Client, mug: Product, stripe: StandInStripe
) -> None:
    card = keep(as_shopper, stripe)
    page = fill_bag(as_shopper)
    assert "Pay $24.99 with \u2066Visa ••••\u00a04242\u2069" in page
    assert "Pay in another way · $24.99" in page
    assert WITH_CARD in as_shopper.get("/bag/").content.decode()
    assert WITH_CARD in as_shopper.get("/p/mug/").content.decode()
    response = press(as_shopper, page, card=str(card.pk))
    order = Order.objects.latest("pk")
    assert (response.status_code, response.headers["Location"]) == (302, f"/orders/{order.code}/")
    assert (order.state, len(stripe.all_of("charge"))) == ("paid", 2)


def test_declined_card_is_said_before_the_payment_page(as_shopper: Client, mug: Product, stripe: StandInStripe) -> None:
    card = keep(as_shopper, stripe)
    page = fill_bag(as_shopper)
    stripe.outcome = "generic_decline"
    response = press(as_shopper, page, card=str(card.pk))
    text = response.content.decode()
    order = Order.objects.latest("pk")
    assert response.status_code == 402
    assert "Your bank declined the card. Nothing was charged." in text
    assert f'href="https://pay.example/{page_of(order)}"' in text
    assert "http-equiv" not in text
    again = press(as_shopper, page, card="")  # back, and the other button of the same form
    assert page_of(order) in again.content.decode()
    assert (Order.objects.count(), Product.objects.get().stock, len(stripe.all_of("charge"))) == (2, 7, 1)


def test_card_that_is_gone_shows_the_form_again(as_shopper: Client, mug: Product, stripe: StandInStripe) -> None:
    card = keep(as_shopper, stripe)
    page = fill_bag(as_shopper)
    as_shopper.post(f"/cards/{card.pk}/remove/")
    response = press(as_shopper, page, card=str(card.pk))
    text = response.content.decode()
    assert (response.status_code, Order.objects.count()) == (409, 1)
    assert "This card can&#x27;t be used any more. Nothing was charged." in text
    assert "Continue to payment · $24.99" in text


@pytest.mark.parametrize("card", ["0", "x", "٣", "9" * 5000])
def test_card_that_is_no_number_is_refused(as_shopper: Client, order: Order, card: str) -> None:
    page = fill_bag(as_shopper)
    assert press(as_shopper, page, card=card).status_code == 409
    answer = as_shopper.post(f"/orders/{order.code}/pay/", {"card": card}, follow=True).content.decode()
    assert "This card can&#x27;t be used any more. Nothing was charged." in answer
    assert Order.objects.count() == 1


def test_cancelled_order_is_not_said_to_be_held(as_shopper: Client, order: Order) -> None:
    as_shopper.post(f"/orders/{order.code}/cancel/")
    answer = as_shopper.post(f"/orders/{order.code}/pay/", follow=True).content.decode()
    assert "This order is no longer waiting for payment." in answer
    assert "We are holding your order" not in answer


def test_bank_is_reached_by_a_page_in_between(as_shopper: Client, mug: Product, stripe: StandInStripe) -> None:
    card = keep(as_shopper, stripe)
    stripe.outcome = "authenticate"
    text = press(as_shopper, fill_bag(as_shopper), card=str(card.pk)).content.decode()
    assert "Your bank asks you to confirm the payment on its own page." in text
    assert 'content="0; url=https://pay.example/3ds/pi_' in text


def test_return_before_the_webhook_shows_the_order_as_paid(
    as_shopper: Client, order: Order, stripe: StandInStripe
) -> None:
    session = stripe.get_session(page_of(order))
    stripe.pay(session["id"])
    assert session["success_url"] == f"{session['cancel_url']}?returned=1"
    page = as_shopper.get(f"/orders/{order.code}/?returned=1").content.decode()
    assert "Thank you for your order!" in page
    assert "Pay now" not in page
    assert deliver(as_shopper, stripe) > 0
    order.refresh_from_db()
    assert (order.state, order.payments.count()) == ("paid", 1)


def test_return_while_the_provider_is_silent_says_that_we_wait(
    as_shopper: Client, order: Order, stripe: StandInStripe
) -> None:
    stripe.pay(page_of(order))
    stripe.failures = 99
    page = as_shopper.get(f"/orders/{order.code}/?returned=1").content.decode()
    assert "We're waiting for the confirmation of your payment. You don't need to pay again." in page
    assert 'content="5; url=?returned=2"' in page
    assert "Pay now" not in page
    last = as_shopper.get(f"/orders/{order.code}/?returned=12").content.decode()
    assert "It takes longer than usual." in last
    assert "http-equiv" not in last
    stripe.failures = 0
    assert "Thank you for your order!" in as_shopper.get(f"/orders/{order.code}/?returned=2").content.decode()


@pytest.mark.parametrize("number", ["", "x", "-1", "٣", "1" * 30])
def test_return_with_a_strange_number_is_answered(
    as_shopper: Client, order: Order, stripe: StandInStripe, number: str
) -> None:
    response = as_shopper.get(f"/orders/{order.code}/", {"returned": number})
    assert (response.status_code, "Pay now" in response.content.decode()) == (200, True)


def test_shopper_who_gave_up_may_pay(as_shopper: Client, order: Order, stripe: StandInStripe) -> None:
    asked = len(stripe.requests)
    assert "Pay now" in as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert len(stripe.requests) == asked


def test_slow_method_is_said_on_return(
    as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: Settings
) -> None:
    settings.PAYMENT_WAIT_DAYS = 14
    make_product("mug")
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    stripe.pay_slowly(page_of(order))
    page = as_shopper.get(f"/orders/{order.code}/?returned=1").content.decode()
    assert "Your bank is processing the payment." in page


def test_deleted_account_leaves_no_card_here_or_at_the_provider(
    as_shopper: Client, mug: Product, stripe: StandInStripe, shopper: User
) -> None:
    card = keep(as_shopper, stripe)
    customer = card.customer.reference
    data = collect_data(shopper)
    assert [(row["brand"], row["last_four"], row["reference"]) for row in data["cards"]] == [
        ("visa", "4242", card.reference)
    ]
    assert [row["reference"] for row in data["payment_customers"]] == [customer]
    erase_account(user=shopper, gives_up_pay=False)
    assert KeptCard.objects.count() == 0
    stripe.failures = 5
    reconcile(now=NOW)
    assert ProviderCustomer.objects.get().user is None
    stripe.failures = 0
    reconcile(now=NOW)
    assert stripe.get("payment_method", card.reference)["customer"] is None
    assert stripe.objects[customer] == {"id": customer, "object": "customer", "deleted": True}
    assert ProviderCustomer.objects.count() == 0


def test_demo_keeps_a_card_and_pays_with_it(as_shopper: Client, mug: Product, shopper: User) -> None:
    page = fill_bag(as_shopper)
    assert "Place order · $24.99" in page
    press(as_shopper, page, card="", keep_card="on")
    card = KeptCard.objects.get()
    assert (card.label, card.customer.user) == ("Visa •••• 4242", shopper)
    page = fill_bag(as_shopper)
    assert "Pay $24.99 with \u2066Visa ••••\u00a04242\u2069" in page
    press(as_shopper, page, card=str(card.pk))
    assert list(Order.objects.values_list("state", flat=True)) == ["paid", "paid"]
    as_shopper.post(f"/cards/{card.pk}/remove/")
    sync_cards(now=NOW)
    assert "Pay $24.99 with" not in fill_bag(as_shopper)


def test_demo_card_that_is_declined_says_so(as_shopper: Client, mug: Product, shopper: User) -> None:
    press(as_shopper, fill_bag(as_shopper), card="", keep_card="on")
    User.objects.update(email="declined@example.com")
    response = press(as_shopper, fill_bag(as_shopper), card=str(KeptCard.objects.get().pk))
    order = Order.objects.latest("pk")
    assert response.headers["Location"] == f"/orders/{order.code}/"
    assert "Your bank declined the card." in as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert order.state == "pending"
