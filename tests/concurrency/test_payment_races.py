"""Money at the provider: one charge of a kept card, one booking of a payment, a refund and a dispute, whoever tells of it.

The stand-in for Stripe answers over HTTP. Each race is shown without the guard first.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from accounts.installation import get_installation_id
from shop.checkout import check_out
from shop.models import Dispute, KeptCard, Order, Payment, ProviderCustomer, Refund
from shop.order_payment import Means, ask_on_return, pay_order
from shop.orders import RequestedItem, place_order
from shop.provider_events import handle_message, record_listed
from shop.providers import Charge, get_payment_provider
from shop.providers.port import DisputeNews, RefundNews
from shop.providers.stripe_news import read_dispute, read_event, read_refund
from shop.refunds import plan_amount_refund
from shop.states import OrderState
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product, make_user
from tests.shop.stripe import StandInStripe, running_stripe

pytestmark = pytest.mark.django_db(transaction=True)
MUG = [RequestedItem("mug", 1)]


@pytest.fixture
def stripe(settings: Settings) -> Iterator[StandInStripe]:
    with running_stripe() as stand_in:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY = stand_in.secret_key
        settings.STRIPE_API_BASE = stand_in.url
        make_product("mug", stock=99, price_minor=2000)
        yield stand_in


def results(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    outcomes = run_at_once(calls)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.result for outcome in outcomes]


@pytest.fixture
def card(stripe: StandInStripe) -> KeptCard:
    """Return a card that its owner keeps at the stand-in."""
    user = make_user("owner@example.com")
    name = stripe.create_customer({"email": user.email})["id"]
    year = stripe.month[0] + 1
    facts = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": year, "fingerprint": "f"}
    method = stripe.add("pm", "payment_method", type="card", card=facts, customer=name)
    customer = ProviderCustomer.objects.create(
        user=user, provider="stripe", account="acct_shop", is_live=False, reference=name
    )
    return KeptCard.objects.create(
        customer=customer, reference=method["id"], last_four="4242", kept_at=timezone.now(), expiry_year=year
    )


@pytest.fixture
def order(card: KeptCard) -> Order:
    order = place_order(buyer=buyer(1), items=MUG, now=timezone.now())
    Order.objects.update(user=card.customer.user)
    order.refresh_from_db()
    return order


def charge_by_check_then_charge(order: Order, card: KeptCard) -> bool:
    """Charge without the guard: see that there is no payment yet, and charge with a key of this attempt's own."""
    if Payment.objects.filter(order=order).exists():
        return False
    get_payment_provider().charge(
        Charge(
            key=secrets.token_hex(8),
            installation=get_installation_id(),
            order_code=order.code,
            email=order.email,
            amount_minor=order.total_minor,
            currency=order.currency,
            return_url="http://shop.example/",
            customer=card.customer.reference,
            card=card.reference,
        )
    )
    return True


def tap(order: Order, card: KeptCard) -> str:
    return pay_order(order=order, now=timezone.now(), means=Means(card)).state


def test_card_is_charged_more_than_once_without_the_guard(order: Order, card: KeptCard, stripe: StandInStripe) -> None:
    results([partial(charge_by_check_then_charge, order, card)] * 8)
    assert len(stripe.all_of("charge")) > 1


def test_ten_taps_charge_the_card_once(order: Order, card: KeptCard, stripe: StandInStripe) -> None:
    assert set(results([partial(tap, order, card)] * 10)) == {"succeeded"}
    assert [charge["amount"] for charge in stripe.all_of("charge")] == [order.total_minor]
    assert (Payment.objects.get().state, Order.objects.get().state) == ("succeeded", "paid")


@pytest.fixture
def page_order(stripe: StandInStripe) -> Order:
    """Return an order whose shopper has just paid on the page, and of which no webhook has told."""
    order = check_out(buyer=buyer(1), items=MUG, key="key-00001", now=timezone.now()).order
    stripe.pay(Payment.objects.get().session)
    return order


def book_by_check_then_update(order: Order) -> bool:
    """Book without the guard: read the state, then write the new one."""
    if Order.objects.get(pk=order.pk).state != OrderState.PENDING:
        return False
    Order.objects.filter(pk=order.pk).update(state=OrderState.PAID, paid_at=timezone.now())
    return True


def hear(event: dict[str, Any], number: int) -> bool:
    message = read_event({**event, "id": f"{event['id']}-{number}"})
    return handle_message(provider="stripe", message=message, now=timezone.now())


def come_back(order: Order) -> bool:
    ask_on_return(order=order, now=timezone.now())
    return False


def test_payment_is_booked_more_than_once_without_the_guard(page_order: Order) -> None:
    booked = []
    for _run in range(5):
        Order.objects.update(state=OrderState.PENDING, paid_at=None)
        booked.append(sum(results([partial(book_by_check_then_update, page_order)] * 16)))
    assert max(booked) > 1, booked


def test_webhooks_and_returns_book_the_payment_once(page_order: Order, stripe: StandInStripe) -> None:
    events = [event for event in stripe.events if event["type"] != "payment_intent.created"]
    calls: list[Callable[[], bool]] = [partial(come_back, page_order)] * 6
    calls += [partial(hear, event, number) for number in range(3) for event in events]
    assert sum(results(calls)) <= 1
    payment = Payment.objects.get()
    assert (payment.state, Order.objects.get().state, Refund.objects.count()) == ("succeeded", "paid", 0)


@pytest.fixture
def payment(page_order: Order) -> Payment:
    ask_on_return(order=page_order, now=timezone.now())
    return Payment.objects.get(state="succeeded")


def refund_by_check_then_insert(payment: Payment, reference: str) -> bool:
    """Book a refund of the dashboard without the guard: see that it is not booked, then book it."""
    if Refund.objects.filter(reference=reference).exists():
        return False
    now = timezone.now()
    refund = plan_amount_refund(order_id=payment.order_id, amount_minor=100, created_by=None, now=now, reason="Race.")
    Refund.objects.filter(pk=refund.pk).update(reference=reference)
    return True


def hear_of(news: RefundNews | DisputeNews) -> bool:
    return record_listed(provider="stripe", news=news, now=timezone.now())


def test_refund_of_the_dashboard_is_booked_more_than_once_without_the_guard(payment: Payment) -> None:
    booked = [sum(results([partial(refund_by_check_then_insert, payment, f"re_{run}")] * 8)) for run in range(3)]
    assert max(booked) > 1, booked


def test_refund_of_the_dashboard_is_booked_once_by_webhooks_and_lists(payment: Payment, stripe: StandInStripe) -> None:
    refund = stripe.refund_in_dashboard(payment.reference, 100)
    [event] = [event for event in stripe.events if event["type"] == "refund.created"]
    calls: list[Callable[[], bool]] = [partial(hear_of, read_refund(refund))] * 8
    calls += [partial(hear, event, number) for number in range(8)]
    results(calls)
    assert [(row.amount_minor, row.reference) for row in Refund.objects.all()] == [(100, refund["id"])]
    assert Order.objects.get().refunded_minor == 100


def lose_by_check_then_add(payment: Payment, reference: str, amount_minor: int) -> bool:
    """Book a lost dispute without the guard: see that it is not booked, then add its amount to what was refunded."""
    if Dispute.objects.filter(reference=reference, state="lost").exists():
        return False
    Order.objects.filter(pk=payment.order_id).update(refunded_minor=F("refunded_minor") + amount_minor)
    now = timezone.now()
    values = {"state": "lost", "amount_minor": amount_minor, "currency": payment.currency, "opened_at": now}
    Dispute.objects.get_or_create(payment=payment, reference=reference, defaults=values)
    return True


def test_lost_dispute_is_booked_more_than_once_without_the_guard(payment: Payment) -> None:
    booked = [sum(results([partial(lose_by_check_then_add, payment, f"dp_{run}", 1)] * 16)) for run in range(5)]
    assert max(booked) > 1, booked
    assert Order.objects.get().refunded_minor == sum(booked) > 5


def test_lost_dispute_is_booked_once_by_webhooks_and_lists(payment: Payment, stripe: StandInStripe) -> None:
    dispute = stripe.open_dispute(payment.reference)
    opened = read_dispute(dispute)
    stripe.close_dispute(dispute["id"], "lost")
    closed = next(event for event in stripe.events if event["type"] == "charge.dispute.closed")
    calls: list[Callable[[], bool]] = [partial(hear_of, read_dispute(dispute))] * 6
    calls += [partial(hear_of, opened)] * 4
    calls += [partial(hear, closed, number) for number in range(6)]
    results(calls)
    order = Order.objects.get()
    assert (order.state, order.refunded_minor, Dispute.objects.get().state) == ("refunded", order.total_minor, "lost")
    assert [row.amount_minor for row in Refund.objects.all()] == [order.total_minor]
