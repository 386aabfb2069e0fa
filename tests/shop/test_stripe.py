"""Paying through Stripe, against the stand-in: answers and webhooks that are lost, late, doubled and out of order."""

import random
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.installation import get_installation_id
from shop.models import Address, Order, Payment, ProviderEvent, Refund
from shop.orders import cancel_order
from shop.reconciliation import reconcile
from shop.refund_dispatch import send_refund
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import buy, page_of, token_of
from tests.shop.stripe import StandInStripe, deliver, deliver_all, post_event
from tests.shop.stripe.errors import Refusal

pytestmark = pytest.mark.django_db


def state_of(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def test_order_waits_for_the_webhook(client: Client, order: Order, stripe: StandInStripe) -> None:
    assert state_of(order) == "pending"
    charge = stripe.pay(page_of(order))
    assert deliver(client, stripe, "payment_intent.succeeded") == 1
    payment = Payment.objects.get()
    assert (state_of(order), payment.reference, payment.state) == ("paid", charge["payment_intent"], "succeeded")
    assert (payment.account, payment.is_live, payment.fingerprint) == ("acct_shop", False, "card_of_a_shopper")


def test_everything_sent_contains_the_installation_id(client: Client, order: Order, stripe: StandInStripe) -> None:
    payment = Payment.objects.get()
    session = stripe.get_session(page_of(order))
    names = {"key": payment.key, "installation": get_installation_id()}
    assert session["client_reference_id"] == payment.key == f"{get_installation_id()}-payment-{payment.pk}"
    assert session["metadata"] == session["intent_metadata"] == names
    assert payment.key in stripe.answers
    stripe.pay(session["id"])
    deliver(client, stripe)
    client.force_login(order.user)  # type: ignore[arg-type]
    client.post(f"/orders/{order.code}/cancel/")
    refund = Refund.objects.get()
    send_refund(refund_id=refund.pk, now=timezone.now())
    sent = stripe.all_of("refund")[0]["metadata"]
    assert sent == {"key": f"{get_installation_id()}-refund-{refund.pk}", "installation": get_installation_id()}
    assert refund.key in stripe.answers


@pytest.mark.parametrize("seed", range(6))
def test_webhooks_doubled_and_in_any_order_pay_once(
    client: Client, order: Order, stripe: StandInStripe, seed: int
) -> None:
    stripe.decline(page_of(order))
    stripe.pay(page_of(order))
    deliver_all(client, stripe, rng=random.Random(seed), copies=3)
    assert (state_of(order), Payment.objects.get().fingerprint) == ("paid", "card_of_a_shopper")
    assert not ProviderEvent.objects.set_aside().exists()


def test_failed_try_does_not_end_the_payment(client: Client, order: Order, stripe: StandInStripe) -> None:
    stripe.decline(page_of(order))
    deliver(client, stripe)
    assert (state_of(order), Payment.objects.get().state) == ("pending", "started")
    stripe.pay(page_of(order))
    deliver(client, stripe)
    assert state_of(order) == "paid"


@pytest.mark.parametrize(("secret", "age_s"), [("whsec_other", 0), ("whsec_test", 3600)])
def test_webhook_that_is_forged_or_old_changes_nothing(
    client: Client, order: Order, stripe: StandInStripe, secret: str, age_s: int
) -> None:
    stripe.pay(page_of(order))
    for event in stripe.events:
        assert post_event(client, event, secret, at=time.time() - age_s) == 400
    assert (state_of(order), ProviderEvent.objects.count()) == ("pending", 0)


def test_payment_without_any_webhook_is_found_by_asking(order: Order, stripe: StandInStripe) -> None:
    stripe.pay(page_of(order))
    reconcile(now=timezone.now())
    assert state_of(order) == "pending"  # it is too early to ask
    reconcile(now=timezone.now() + timedelta(minutes=11))
    payment = Payment.objects.get()
    assert (state_of(order), payment.state, payment.fingerprint) == ("paid", "succeeded", "card_of_a_shopper")


def test_lost_answer_leads_to_the_same_page(as_shopper: Client, saved_address: Address, stripe: StandInStripe) -> None:
    make_product("mug", stock=5)
    stripe.lost_answers = 2
    assert buy(as_shopper, {"product": "mug"}).status_code == 503
    stripe.forget_keys()
    response = buy(as_shopper, {"product": "mug"})
    assert response.json()["next_url"] == stripe.all_of("checkout.session")[0]["url"]
    assert (len(stripe.all_of("checkout.session")), Payment.objects.count()) == (1, 1)


def test_paying_again_leads_to_the_page_that_is_open(as_shopper: Client, order: Order, stripe: StandInStripe) -> None:
    response = as_shopper.post(f"/orders/{order.code}/pay/")
    assert page_of(order) in response.content.decode() or page_of(order) in response.headers["Location"]
    assert len(stripe.all_of("checkout.session")) == 1


def test_page_that_expired_is_replaced(as_shopper: Client, order: Order, stripe: StandInStripe) -> None:
    first = page_of(order)
    stripe.expire_session(first)
    as_shopper.post(f"/orders/{order.code}/pay/")
    assert page_of(order) != first
    assert sorted(order.payments.values_list("state", flat=True)) == ["failed", "started"]


def test_page_outlives_the_reservation_by_half_an_hour(order: Order, stripe: StandInStripe) -> None:
    session = stripe.get_session(page_of(order))
    assert session["expires_at"] == int(order.reserved_until.timestamp()) + 31 * 60


def test_order_that_costs_nothing_is_paid_without_the_provider(
    as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: pytest.FixtureRequest
) -> None:
    settings.SHIPPING_FEE_MINOR = 0  # type: ignore[attr-defined]
    make_product("card", price_minor=0)
    response = buy(as_shopper, {"product": "card"})
    assert (response.status_code, response.json()["next_url"]) == (201, "")
    order = Order.objects.get()
    assert (state_of(order), stripe.requests) == ("paid", [])
    as_shopper.post(f"/orders/{order.code}/cancel/")
    assert (Refund.objects.get().state, state_of(order), stripe.requests) == ("done", "refunded", [])


def test_the_card_identifies_a_creator_who_buys_from_a_clip_of_their_own(client: Client, stripe: StandInStripe) -> None:
    """Stripe gives a card a new payment method at each checkout, but always the same fingerprint."""
    creator = make_creator()
    mug = make_product("mug", stock=9, price_minor=5000, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(creator, products=[mug, make_product()])
    address = {"name": "A", "street": "B", "city": "C", "region": "IL", "postal_code": "62701", "country_code": "US"}
    for number, email in enumerate(("creator@example.com", "other@example.com")):
        buyer = Client()
        body = {"product": "mug", "email": email, "address": address, "seen": token_of(clip, buyer)}
        assert buy(buyer, body, f"key-000{number}").status_code == 201
        order = Order.objects.get(email=email)
        if not number:
            Order.objects.filter(pk=order.pk).update(user=creator.user)
        stripe.pay(page_of(order), fingerprint="card_of_the_creator")
        deliver(client, stripe)
    methods = [intent["payment_method"] for intent in stripe.all_of("payment_intent")]
    assert len(set(methods)) == 2
    second = Order.objects.get(email="other@example.com").lines.get()
    assert (second.unpaid_reason, second.commission_minor) == ("related_buyer", 0)


def test_payment_that_came_after_the_cancellation_is_sent_back(
    client: Client, order: Order, stripe: StandInStripe
) -> None:
    """Our own cancellation closes the page first; this order was cancelled in another way."""
    stripe.pay(page_of(order))
    Payment.objects.update(state="failed")
    assert cancel_order(order_id=order.pk, now=timezone.now())
    deliver_all(client, stripe, rng=random.Random(1), copies=2)
    refund = Refund.objects.get()
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert (state_of(order), refund.amount_minor, order.refunded_minor) == ("cancelled", 2499, 2499)
    assert stripe.all_of("charge")[0]["refunded"]


def test_payment_that_was_given_up_and_came_after_all_is_booked(
    client: Client, order: Order, stripe: StandInStripe
) -> None:
    page = page_of(order)
    Payment.objects.update(state="failed")
    stripe.pay(page)
    deliver(client, stripe)
    assert (state_of(order), Payment.objects.get().state) == ("paid", "succeeded")


def test_request_that_stripe_refuses_is_explained_without_its_developers_words(
    as_shopper: Client, saved_address: Address, stripe: StandInStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(params: dict[str, str]) -> None:
        raise Refusal("Invalid integer: unit_amount", param="line_items")

    make_product("mug", stock=5)
    monkeypatch.setattr(stripe, "create_session", refuse)
    answer = buy(as_shopper, {"product": "mug"})
    assert answer.status_code == 402
    assert answer.json()["detail"].startswith("The payment service does not take this payment. Nothing was charged.")
    assert Payment.objects.get().failure_text == "Invalid integer: unit_amount"
