"""Paying through Stripe, against a local stand-in: webhooks that are dropped, late, doubled and out of order."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payouts.banks import AnswerState, BankUnavailable, Transfer
from payouts.banks.stripe_connect import StripeConnect
from shop.models import Address, Order, Payment, ProviderEvent, Refund
from shop.ordering import cancel_order
from shop.payments import ProviderUnavailable
from shop.refunding import plan_refund, send_refund
from tests.factories import make_product
from tests.shop.conftest import buy
from tests.shop.stand_in_stripe import StandInStripe, running_stand_in, signed

pytestmark = pytest.mark.django_db

SECRET = "whsec_test"


@pytest.fixture(autouse=True)
def stripe_address(settings: Any) -> Iterator[str]:
    with running_stand_in() as address:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test", SECRET
        settings.STRIPE_API_BASE = address
        yield address


def event(kind: str, number: int = 1, payment: Payment | None = None) -> dict[str, Any]:
    key = (payment or Payment.objects.get()).key
    intent = {"id": f"pi_{key}", "object": "payment_intent", "metadata": {"key": key}, "payment_method": "pm_1"}
    return {"id": f"evt_{number}", "object": "event", "type": kind, "api_version": None, "data": {"object": intent}}


def deliver(client: Client, content: dict[str, Any], secret: str = SECRET, at: float | None = None) -> int:
    body, signature = signed(content, secret, at=at)
    answer = client.post(
        "/api/v1/webhooks/stripe/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


@pytest.fixture
def order(as_shopper: Client, at_home: Address) -> Order:
    make_product("mug", stock=5)
    answer = buy(as_shopper, {"product": "mug"})
    assert answer.status_code == 201
    assert answer.json()["next_url"] == "https://pay.example/1"
    return Order.objects.get()


def test_an_order_waits_for_the_webhook(client: Client, order: Order) -> None:
    assert order.state == "pending"
    assert deliver(client, event("payment_intent.succeeded")) == 200
    order.refresh_from_db()
    assert (order.state, Payment.objects.get().reference) == ("paid", f"pi_payment-{Payment.objects.get().pk}")


def test_webhooks_doubled_and_out_of_order_pay_once(client: Client, order: Order) -> None:
    deliveries = [event("payment_intent.succeeded", 1), event("payment_intent.created", 2)] * 10
    deliveries += [event("payment_intent.payment_failed", 3), event("charge.updated", 4)]
    random.Random(4).shuffle(deliveries)
    assert {deliver(client, one) for one in deliveries} == {200}
    order.refresh_from_db()
    assert (order.state, Payment.objects.count(), ProviderEvent.objects.count()) == ("paid", 1, 4)


def test_a_failed_try_does_not_end_the_payment(client: Client, order: Order) -> None:
    deliver(client, event("payment_intent.payment_failed", 1))
    deliver(client, event("payment_intent.succeeded", 2))
    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize(("secret", "age_s"), [("whsec_other", 0), (SECRET, 3600)])
def test_a_webhook_that_is_forged_or_old_changes_nothing(client: Client, order: Order, secret: str, age_s: int) -> None:
    assert deliver(client, event("payment_intent.succeeded"), secret, at=time.time() - age_s) == 400
    order.refresh_from_db()
    assert (order.state, ProviderEvent.objects.count()) == ("pending", 0)


def test_a_dropped_answer_asks_again_under_the_same_key(as_shopper: Client, order: Order) -> None:
    StandInStripe.lost = 1
    assert buy(as_shopper, {"product": "mug"}).status_code == 200
    assert buy(as_shopper, {"product": "mug"}).json()["code"] == order.code
    assert len(StandInStripe.made) == 1


def test_a_webhook_that_comes_after_the_cancellation_sends_the_money_back(client: Client, order: Order) -> None:
    cancel_order(order_id=order.pk, now=timezone.now())
    deliver(client, event("payment_intent.succeeded"))
    refund = Refund.objects.get()
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    order.refresh_from_db()
    assert (order.state, refund.amount_minor, order.refunded_minor) == (
        "cancelled",
        order.total_minor,
        order.total_minor,
    )


def test_a_refund_without_an_answer_is_sent_again_under_its_key(client: Client, order: Order) -> None:
    deliver(client, event("payment_intent.succeeded"))
    refund = plan_refund(order_id=order.pk, made_by=None, now=timezone.now())
    StandInStripe.lost = 2
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk, now=timezone.now())
    assert not send_refund(refund_id=refund.pk, now=timezone.now())
    assert send_refund(refund_id=refund.pk, now=timezone.now() + timedelta(minutes=6))
    assert [one["object"] for one in StandInStripe.made.values()].count("refund") == 1


def test_a_transfer_without_an_answer_is_found_by_its_key(stripe_address: str) -> None:
    bank = StripeConnect("sk_test", stripe_address)
    transfer = Transfer("payout-7", "Maya", "acct_1", 2500, "USD")
    assert bank.look_up("payout-7").state == AnswerState.NOT_FOUND
    StandInStripe.lost = 1
    with pytest.raises(BankUnavailable):
        bank.send(transfer)
    assert bank.look_up("payout-7").state == AnswerState.PAID
    assert len(StandInStripe.made) == 1
