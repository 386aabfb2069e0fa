"""Payment pages that another payment has replaced are closed at the provider, and what was paid there is not lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop.models import Order, Payment, ProviderCustomer, ProviderEvent
from shop.providers import stripe_connection
from shop.reconciliation import reconcile
from tests.shop.conftest import buy, page_of
from tests.shop.stripe import StandInStripe, deliver
from tests.shop.stripe.errors import Refusal
from tests.shop.test_release import state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def replaced(as_shopper: Client, order: Order, stripe: StandInStripe) -> str:
    """Return a page that is still open, although the order was paid at the one before it."""
    first = page_of(order)
    Payment.objects.update(state="failed")  # as if an answer had said so by mistake
    as_shopper.post(f"/orders/{order.code}/pay/")
    second = page_of(order)
    stripe.pay(first)
    deliver(Client(), stripe)
    assert state_of(order) == "paid"
    assert stripe.get_session(second)["status"] == "open"
    return second


def test_replaced_page_is_closed_within_minutes(order: Order, replaced: str, stripe: StandInStripe) -> None:
    reconcile(now=timezone.now())
    assert stripe.get_session(replaced)["status"] == "expired"
    with pytest.raises(Refusal):
        stripe.pay(replaced)
    assert list(order.payments.order_by("pk").values_list("state", "ask_after")) == [
        ("succeeded", None),
        ("failed", None),
    ]
    count = len(stripe.requests)
    reconcile(now=timezone.now())
    assert ("POST", f"/v1/checkout/sessions/{replaced}/expire") not in stripe.requests[count:]


def test_replaced_page_is_closed_later_if_stripe_does_not_answer(
    order: Order, replaced: str, stripe: StandInStripe
) -> None:
    stripe.secret_key = "another"
    reconcile(now=timezone.now())
    assert stripe.get_session(replaced)["status"] == "open"
    stripe.secret_key = "sk_test"
    reconcile(now=timezone.now() + timedelta(minutes=11))
    assert stripe.get_session(replaced)["status"] == "expired"


@pytest.mark.parametrize("is_heard", [True, False], ids=["event", "no event"])
def test_order_that_was_paid_at_both_pages_is_in_front_of_a_person(
    client: Client, order: Order, replaced: str, stripe: StandInStripe, is_heard: bool
) -> None:
    stripe.pay(replaced)
    if is_heard:
        deliver(client, stripe)
    reconcile(now=timezone.now())
    assert "paid_twice" in ProviderEvent.objects.set_aside().values_list("reason", flat=True)
    assert sorted(order.payments.values_list("state", flat=True)) == ["failed", "succeeded"]


def test_search_for_a_page_among_too_many_ends(
    as_shopper: Client, order: Order, stripe: StandInStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    Payment.objects.update(session="")
    for number in range(3):
        stripe.objects[f"cs_other_{number}"] = stripe.objects[_only_session(stripe)] | {
            "id": f"cs_other_{number}",
            "client_reference_id": "other",
        }
    monkeypatch.setattr(stripe_connection, "MOST_LISTED", 2)
    answer = as_shopper.post(f"/orders/{order.code}/pay/", follow=True).content.decode()
    assert "not responding" in answer
    assert (state_of(order), Payment.objects.get().state) == ("pending", "started")


def _only_session(stripe: StandInStripe) -> str:
    return str(next(name for name in stripe.objects if name.startswith("cs_test_")))


def test_card_is_kept_although_too_many_customers_are_listed(
    as_shopper: Client, mug: Any, stripe: StandInStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe.lost_answers = 2
    buy(as_shopper, {"product": "mug", "keep_card": True})
    monkeypatch.setattr(stripe_connection, "MOST_LISTED", 0)
    assert buy(as_shopper, {"product": "mug", "keep_card": True}).status_code == 200
    assert len(stripe.all_of("customer")) == 1
    assert ProviderCustomer.objects.get().reference == stripe.all_of("customer")[0]["id"]
