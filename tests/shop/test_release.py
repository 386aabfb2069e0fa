"""Unpaid orders: no timer and no button cancels one without asking the provider, and closing its page there."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Address, Order, Payment
from shop.reconciliation import reconcile
from shop.release import expire_orders
from tests.factories import make_product
from tests.shop.conftest import buy, page_of
from tests.shop.stripe import StandInStripe, deliver
from tests.shop.stripe.errors import Refusal

pytestmark = pytest.mark.django_db


def after(order: Order, minutes: int = 1) -> datetime:
    order.refresh_from_db()
    return order.reserved_until + timedelta(minutes=minutes)


def state_of(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def test_order_that_expires_closes_its_page_at_stripe(
    order: Order, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    page = page_of(order)
    assert expire_orders(now=after(order)) == 1
    assert (state_of(order), stripe.get_session(page)["status"]) == ("cancelled", "expired")
    assert (Product.objects.get().stock, Payment.objects.get().state) == (5, "failed")
    with pytest.raises(Refusal):
        stripe.pay(page)
    mail_orders(now=timezone.now())
    assert "You have not been charged." in mailoutbox[0].body


def test_order_that_was_paid_in_the_last_second_is_not_cancelled(order: Order, stripe: StandInStripe) -> None:
    stripe.pay(page_of(order))
    assert expire_orders(now=after(order)) == 0
    assert (state_of(order), Product.objects.get().stock) == ("paid", 4)


def test_nothing_is_cancelled_while_stripe_does_not_answer(order: Order, stripe: StandInStripe) -> None:
    stripe.secret_key = "another"
    assert expire_orders(now=after(order)) == 0
    assert (state_of(order), Product.objects.get().stock) == ("pending", 4)
    stripe.secret_key = "sk_test"
    assert expire_orders(now=after(order)) == 1


def test_order_without_an_answer_holds_up_no_other(
    as_shopper: Client, order: Order, stripe: StandInStripe, settings: Any
) -> None:
    buy(as_shopper, {"product": "mug"}, "key-0002")
    second = Order.objects.exclude(pk=order.pk).get()
    del stripe.objects[page_of(order)]
    Order.objects.filter(pk=order.pk).update(reserved_until=order.placed_at)
    assert expire_orders(now=after(second)) == 1
    assert (state_of(order), state_of(second)) == ("pending", "cancelled")


def test_page_whose_answer_was_lost_is_closed_too(
    as_shopper: Client, saved_address: Address, stripe: StandInStripe
) -> None:
    make_product("mug", stock=5)
    stripe.lost_answers = 2
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    assert Payment.objects.get().session == ""
    assert expire_orders(now=after(order)) == 1
    assert (state_of(order), stripe.all_of("checkout.session")[0]["status"]) == ("cancelled", "expired")


def test_payment_from_before_the_upgrade_is_found_by_the_address_it_leads_back_to(
    order: Order, stripe: StandInStripe
) -> None:
    """It has no session and no installation id here, and its metadata has the old kind of key."""
    page = page_of(order)
    Payment.objects.update(session="", installation="", account="", is_live=None, ask_after=order.placed_at)
    session = stripe.get_session(page)
    session.update(client_reference_id=None, metadata={}, intent_metadata={"key": Payment.objects.get().key})
    stripe.pay(page)
    reconcile(now=timezone.now())
    assert state_of(order) == "paid"


def test_shopper_cancels_and_the_page_is_closed(as_shopper: Client, order: Order, stripe: StandInStripe) -> None:
    page = page_of(order)
    answer = as_shopper.post(f"/orders/{order.code}/cancel/", follow=True).content.decode()
    assert "You have not been charged." in answer
    assert (state_of(order), stripe.get_session(page)["status"]) == ("cancelled", "expired")


def test_shopper_who_has_just_paid_is_not_told_that_nothing_was_charged(
    as_shopper: Client, order: Order, stripe: StandInStripe
) -> None:
    stripe.pay(page_of(order))
    answer = as_shopper.post(f"/orders/{order.code}/cancel/", follow=True).content.decode()
    assert "You have not been charged" not in answer
    assert "We are refunding your payment." in answer
    assert (state_of(order), order.refunded_minor) == ("refunded", 2499)


@pytest.mark.parametrize("address", ["/orders/{}/cancel/", "/api/v1/orders/{}/cancel/"])
def test_shopper_cannot_cancel_while_stripe_does_not_answer(
    as_shopper: Client, order: Order, stripe: StandInStripe, address: str
) -> None:
    stripe.secret_key = "another"
    answer = as_shopper.post(address.format(order.code), follow=True)
    assert "is not cancelled yet" in answer.content.decode()
    assert answer.status_code == (503 if "api" in address else 200)
    assert state_of(order) == "pending"


@pytest.fixture
def slow_order(as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: Any) -> Order:
    """Return an order that was paid by direct debit, about which the bank answers in days."""
    settings.PAYMENT_WAIT_DAYS = 14
    make_product("mug", stock=5, price_minor=2000)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    stripe.pay_slowly(page_of(order))
    return order


def test_only_methods_that_the_shop_can_wait_for_are_offered(order: Order, stripe: StandInStripe) -> None:
    with pytest.raises(Refusal, match="not offered"):
        stripe.pay_slowly(page_of(order))
    assert "card" not in stripe.get_session(page_of(order))["excluded"]


@pytest.mark.parametrize("is_told", [True, False])
def test_order_waits_as_long_as_the_bank_takes(
    client: Client, slow_order: Order, stripe: StandInStripe, is_told: bool
) -> None:
    page = Payment.objects.get().session
    if is_told:
        deliver(client, stripe)
        assert Payment.objects.get().state == "processing"
    stripe.events.clear()
    for _day in range(12):
        assert expire_orders(now=after(slow_order)) == 0
    assert (state_of(slow_order), Payment.objects.get().state) == ("pending", "processing")
    stripe.finish_slow_payment(page, is_paid=True)
    if is_told:
        deliver(client, stripe)
    else:
        reconcile(now=after(slow_order))
    assert (state_of(slow_order), Payment.objects.get().fingerprint) == ("paid", "iban_of_a_shopper")


def test_order_whose_debit_fails_can_be_paid_again_for_a_while(
    client: Client, as_shopper: Client, slow_order: Order, stripe: StandInStripe
) -> None:
    deliver(client, stripe)
    stripe.finish_slow_payment(Payment.objects.get().session, is_paid=False)
    deliver(client, stripe)
    assert (state_of(slow_order), Payment.objects.get().state) == ("pending", "failed")
    as_shopper.post(f"/orders/{slow_order.code}/pay/")
    stripe.pay(page_of(slow_order))
    deliver(client, stripe)
    assert state_of(slow_order) == "paid"


def test_shopper_whose_bank_processes_the_payment_is_told_so(
    client: Client, as_shopper: Client, slow_order: Order, stripe: StandInStripe
) -> None:
    deliver(client, stripe)
    page = as_shopper.get(f"/orders/{slow_order.code}/").content.decode()
    assert "Your bank is processing the payment." in page
    assert "Pay now" not in page
    answer = as_shopper.post(f"/orders/{slow_order.code}/cancel/", follow=True).content.decode()
    assert "You can cancel the order once it has arrived." in answer
    assert (state_of(slow_order), Product.objects.get().stock) == ("pending", 4)
    again = as_shopper.post(f"/orders/{slow_order.code}/pay/", follow=True)
    assert again.redirect_chain[-1][0] == f"/orders/{slow_order.code}/"
    assert len(stripe.all_of("checkout.session")) == 1


def test_late_news_of_a_declined_card_does_not_end_a_payment_that_the_bank_processes(
    client: Client, as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: Any
) -> None:
    settings.PAYMENT_WAIT_DAYS = 14
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    stripe.decline(page_of(order))
    late, stripe.events = stripe.events, []
    stripe.pay_slowly(page_of(order))
    deliver(client, stripe)
    stripe.events = late
    deliver(client, stripe)
    assert Payment.objects.get().state == "processing"
    reconcile(now=timezone.now())
    assert expire_orders(now=after(order)) == 0
    assert (state_of(order), Payment.objects.get().state) == ("pending", "processing")
    stripe.finish_slow_payment(Payment.objects.get().session, is_paid=False)
    stripe.events = [event for event in stripe.events if event["type"] == "payment_intent.payment_failed"]
    deliver(client, stripe)
    reconcile(now=timezone.now())
    assert Payment.objects.get().state == "failed"
