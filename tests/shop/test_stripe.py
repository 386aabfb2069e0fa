"""Paying through Stripe, against a local stand-in: webhooks that are dropped, late, doubled and out of order."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payouts.banks import BankUnavailable, Transfer, TransferState
from payouts.banks.stripe_connect import StripeConnect
from shop.models import Address, Order, Payment, ProviderEvent, Refund
from shop.orders import cancel_order
from shop.providers import ProviderUnavailable
from shop.refund_dispatch import mark_refunded_elsewhere, retry_refund, send_refund
from shop.refunds import plan_refund
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
    response = client.post(
        "/api/v1/webhooks/stripe/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return response.status_code


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    make_product("mug", stock=5)
    response = buy(as_shopper, {"product": "mug"})
    assert response.status_code == 201
    assert response.json()["next_url"] == "https://pay.example/1"
    return Order.objects.get()


def test_order_waits_for_the_webhook(client: Client, order: Order) -> None:
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


def test_failed_try_does_not_end_the_payment(client: Client, order: Order) -> None:
    deliver(client, event("payment_intent.payment_failed", 1))
    deliver(client, event("payment_intent.succeeded", 2))
    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize(("secret", "age_s"), [("whsec_other", 0), (SECRET, 3600)])
def test_webhook_that_is_forged_or_old_changes_nothing(client: Client, order: Order, secret: str, age_s: int) -> None:
    assert deliver(client, event("payment_intent.succeeded"), secret, at=time.time() - age_s) == 400
    order.refresh_from_db()
    assert (order.state, ProviderEvent.objects.count()) == ("pending", 0)


def test_dropped_answer_asks_again_under_the_same_key(as_shopper: Client, order: Order) -> None:
    StandInStripe.lost = 1
    assert buy(as_shopper, {"product": "mug"}).status_code == 200
    assert buy(as_shopper, {"product": "mug"}).json()["code"] == order.code
    assert len(StandInStripe.objects) == 1


def test_webhook_that_comes_after_the_cancellation_sends_the_money_back(client: Client, order: Order) -> None:
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


def test_refund_without_an_answer_is_sent_again_under_its_key(client: Client, order: Order) -> None:
    deliver(client, event("payment_intent.succeeded"))
    refund = plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    StandInStripe.lost = 2
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk, now=timezone.now())
    assert not send_refund(refund_id=refund.pk, now=timezone.now())
    assert send_refund(refund_id=refund.pk, now=timezone.now() + timedelta(minutes=6))
    assert [one["object"] for one in StandInStripe.objects.values()].count("refund") == 1


@pytest.fixture
def refund(client: Client, order: Order) -> Refund:
    deliver(client, event("payment_intent.succeeded"))
    return plan_refund(order_id=order.pk, created_by=None, now=timezone.now())


def state_of(refund: Refund) -> str:
    refund.refresh_from_db()
    return refund.state


def refund_event(refund: Refund, status: str, number: int) -> dict[str, Any]:
    thing = {"id": refund.reference, "object": "refund", "status": status, "metadata": {"key": refund.key}}
    return event("refund.updated", number) | {"data": {"object": thing}}


def test_refund_on_its_way_is_not_done_until_it_is_looked_up(refund: Refund) -> None:
    StandInStripe.refund_status = "pending"
    sent_at = timezone.now()
    assert send_refund(refund_id=refund.pk, now=sent_at)
    assert (state_of(refund), refund.settled_at) == ("pending", None)
    assert not send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=5))
    assert not send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=7))
    assert state_of(refund) == "pending"
    StandInStripe.objects[refund.key]["status"] = "succeeded"
    assert list(Refund.objects.unsettled_at(sent_at + timedelta(hours=14))) == [refund]
    assert send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=14))
    assert state_of(refund) == "done"
    assert [one["object"] for one in StandInStripe.objects.values()].count("refund") == 1


def test_webhook_settles_a_refund_that_is_on_its_way_once(client: Client, refund: Refund) -> None:
    StandInStripe.refund_status = "pending"
    send_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    deliver(client, refund_event(refund, "succeeded", 21))
    settled_at = Refund.objects.get().settled_at
    deliver(client, refund_event(refund, "succeeded", 22))
    deliver(client, refund_event(refund, "pending", 23))
    assert (state_of(refund), refund.settled_at) == ("done", settled_at)


def test_refused_refund_is_seen_and_sent_again_under_another_key(refund: Refund) -> None:
    StandInStripe.refund_status = "failed"
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert (state_of(refund), refund.failure_text) == ("failed", "failed")
    assert list(Refund.objects.unsettled_at(timezone.now() + timedelta(days=9))) == []
    StandInStripe.refund_status = "succeeded"
    assert [retry_refund(refund_id=refund.pk, now=timezone.now()) for _index in range(3)] == [True, False, False]
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert (state_of(refund), refund.key) == ("done", f"refund-{refund.pk}-2")
    assert refund.order.refunds.count() == 1


def test_refund_that_the_bank_gives_back_days_later_is_owed_again(client: Client, refund: Refund) -> None:
    send_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    deliver(client, refund_event(refund, "failed", 31))
    assert state_of(refund) == "failed"
    assert mark_refunded_elsewhere(refund_id=refund.pk, now=timezone.now())
    lost = refund_event(refund, "failed", 32)
    deliver(client, lost)
    assert state_of(refund) == "done"


def test_webhook_about_an_earlier_attempt_changes_nothing(client: Client, refund: Refund) -> None:
    StandInStripe.refund_status = "failed"
    send_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    earlier = refund_event(refund, "failed", 41)
    StandInStripe.refund_status = "succeeded"
    retry_refund(refund_id=refund.pk, now=timezone.now())
    send_refund(refund_id=refund.pk, now=timezone.now())
    deliver(client, earlier)
    assert state_of(refund) == "done"


def test_transfer_without_an_answer_is_found_by_its_key(stripe_address: str) -> None:
    bank = StripeConnect("sk_test", stripe_address)
    transfer = Transfer("payout-7", "Maya", "acct_1", 2500, "USD")
    assert bank.look_up(transfer).state == TransferState.NOT_FOUND
    StandInStripe.lost = 1
    with pytest.raises(BankUnavailable):
        bank.send(transfer)
    assert bank.look_up(transfer).state == TransferState.PAID
    assert len(StandInStripe.objects) == 1
