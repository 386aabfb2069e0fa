"""Events of other shops, accounts and versions at the same provider: stored, shown to staff, never booked."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import IdempotencyKey
from shop.models import Order, Payment, ProviderEvent, Refund
from shop.payments import PaymentRefused, look_up_payment
from tests.conftest import make_staff
from tests.html_forms import read_form
from tests.shop.conftest import intent_of, page_of
from tests.shop.stripe import StandInStripe, deliver, post_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def success(order: Order, stripe: StandInStripe) -> dict[str, Any]:
    """Return the event that would mark the order paid, undelivered."""
    stripe.pay(page_of(order))
    return next(event for event in stripe.events if event["type"] == "payment_intent.succeeded")


def set_aside() -> list[str]:
    return list(ProviderEvent.objects.set_aside().order_by("pk").values_list("reason", flat=True))


def assert_unpaid(order: Order) -> None:
    order.refresh_from_db()
    assert (order.state, Payment.objects.get().state) == ("pending", "started")


def test_another_shops_payment_with_our_kind_of_key_marks_nothing_paid(client: Client, order: Order) -> None:
    """Ids are unique in one database only: two shops at one provider both have a payment 1."""
    payment = Payment.objects.get()
    intent = {
        "id": "pi_other",
        "object": "payment_intent",
        "amount": 50,
        "amount_received": 50,
        "currency": "usd",
        "metadata": {"key": f"payment-{payment.pk}"},
        "payment_method": "pm_1",
    }
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": intent}}
    assert post_event(client, event) == 200
    assert_unpaid(order)
    assert set_aside() == ["unknown_payment"]
    full = copy.deepcopy(event) | {"id": "evt_2"}
    full["data"]["object"] |= {"amount": 2499, "amount_received": 2499}
    assert post_event(client, full) == 200
    assert_unpaid(order)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"metadata": {"key": "{key}", "installation": "0123456789ab"}}, "other_shop"),
        ({"metadata": {"key": "0123456789ab-payment-1", "installation": "0123456789ab"}}, "other_shop"),
        ({"metadata": {"key": "{key}"}}, "unknown_payment"),
        ({"metadata": {}}, "unknown_payment"),
        ({"amount": 50, "amount_received": 50}, "other_amount"),
        ({"amount_received": 2498}, "other_amount"),
        ({"currency": "eur"}, "other_amount"),
        ({"currency": "jpy"}, "other_amount"),
        ({"livemode": True}, "other_account"),
    ],
)
def test_payment_that_differs_in_one_particular_is_set_aside(
    client: Client, order: Order, success: dict[str, Any], changes: dict[str, Any], reason: str
) -> None:
    intent = success["data"]["object"]
    intent.update(changes)
    if "key" in intent["metadata"]:
        intent["metadata"]["key"] = intent["metadata"]["key"].format(key=Payment.objects.get().key)
    assert post_event(client, success) == 200
    assert_unpaid(order)
    assert set_aside() == [reason]
    event = ProviderEvent.objects.get()
    assert event.payload["data"]["object"]["id"] == intent["id"]


@pytest.mark.parametrize("has_answer", [True, False])
@pytest.mark.parametrize("way", ["card", "declined", "expired"])
def test_copy_of_this_shop_at_the_same_provider_changes_nothing(
    client: Client, order: Order, way: str, has_answer: bool
) -> None:
    """A copy has the same installation id, and so the same keys for other payments."""
    payment = Payment.objects.get()
    if not has_answer:
        Payment.objects.update(session="")
    before = Payment.objects.values().get()
    other = StandInStripe()
    names = {"key": payment.key, "installation": payment.installation}
    params = {"mode": "payment", "success_url": "https://copy.example/", "metadata": names}
    price = {"currency": "usd", "unit_amount": 9999}
    params |= {"payment_intent_data": {"metadata": names}, "line_items": {"0": {"quantity": 1, "price_data": price}}}
    session = other.create_session(params)
    if way == "expired":
        other.expire_session(session["id"])
    elif way == "declined":
        other.decline(session["id"])
    else:
        other.refund_in_dashboard(other.pay(session["id"])["payment_intent"])
    for event in other.events:
        assert post_event(client, event) == 200
    assert_unpaid(order)
    assert Payment.objects.values().get() == before
    assert (set(set_aside()) <= {"other_amount", "unknown_payment"}, Refund.objects.count()) == (True, 0)
    assert set_aside()


def test_event_of_a_connected_account_is_set_aside(client: Client, order: Order, success: dict[str, Any]) -> None:
    assert post_event(client, success | {"account": "acct_creator"}) == 200
    assert_unpaid(order)
    assert set_aside() == ["other_account"]


def test_refund_in_another_currency_or_of_too_much_is_set_aside(
    client: Client, paid_order: Order, stripe: StandInStripe
) -> None:
    refund = {"id": "re_1", "object": "refund", "status": "succeeded", "metadata": {}}
    refund |= {"payment_intent": intent_of(paid_order), "amount": 2499, "currency": "usd"}
    for number, change in enumerate(({"currency": "eur"}, {"amount": 2500}, {"payment_intent": "pi_other"})):
        content = {"object": refund | change | {"id": f"re_{number}"}}
        event = {"id": f"evt_x{number}", "object": "event", "type": "refund.created", "data": content}
        assert post_event(client, event) == 200
    assert set_aside() == ["other_amount", "too_much", "unknown_payment"]
    paid_order.refresh_from_db()
    assert (paid_order.state, Refund.objects.count()) == ("paid", 0)


def test_unknown_kind_is_stored_and_shown_and_a_known_one_is_not(
    client: Client, paid_order: Order, stripe: StandInStripe
) -> None:
    for kind in ("payment_intent.created", "customer.updated", "charge.teleported"):
        event = {"id": f"evt_{kind}", "object": "event", "type": kind, "data": {"object": {"object": "x", "id": "x_1"}}}
        assert post_event(client, event) == 200
    assert set_aside() == ["unknown_kind"]
    assert ProviderEvent.objects.set_aside().get().kind == "charge.teleported"


def test_stored_events_hold_no_name_and_no_address(client: Client, order: Order, success: dict[str, Any]) -> None:
    intent = success["data"]["object"]
    intent |= {"amount_received": 1, "receipt_email": "sam@example.com", "shipping": {"name": "Sam Shopper"}}
    intent["latest_charge"] = {"id": "ch_1", "billing_details": {"email": "sam@example.com", "name": "Sam Shopper"}}
    post_event(client, success)
    stored = str(ProviderEvent.objects.get().payload)
    assert "sam@example.com" not in stored
    assert "Sam Shopper" not in stored


def test_answer_with_another_amount_is_set_aside(order: Order, stripe: StandInStripe) -> None:
    stripe.get_session(page_of(order))["amount_total"] = 50
    for _index in range(2):
        with pytest.raises(PaymentRefused, match="look into it"):
            look_up_payment(payment=Payment.objects.get(), now=timezone.now())
    assert_unpaid(order)
    assert set_aside() == ["other_amount"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "key-0001"}])
def test_answer_that_is_set_aside_stays_when_the_cancellation_is_refused(
    as_shopper: Client, order: Order, stripe: StandInStripe, headers: dict[str, str]
) -> None:
    page = page_of(order)
    stripe.pay(page)
    stripe.get_session(page)["amount_total"] = 50
    for _index in range(2):
        answer = as_shopper.post(f"/api/v1/orders/{order.code}/cancel/", {}, "application/json", headers=headers)
        assert (answer.status_code, set_aside()) == (409, ["other_amount"])
        assert "We could not confirm this payment." in answer.json()["detail"]
        assert_unpaid(order)
    assert IdempotencyKey.objects.count() == 1  # that of the checkout


@pytest.mark.parametrize("address", ["/orders/{}/pay/", "/orders/{}/?returned=1"])
def test_shopper_whose_payment_was_set_aside_is_not_asked_to_pay_again(
    as_shopper: Client, order: Order, stripe: StandInStripe, address: str
) -> None:
    stripe.get_session(page_of(order))["amount_total"] = 50
    send = as_shopper.post if "pay" in address else as_shopper.get
    page = send(address.format(order.code), follow=True).content.decode()
    assert "We could not confirm this payment. We will look into it and email you." in page
    assert "try paying again" not in page


def test_second_payment_of_one_order_is_shown_to_staff(client: Client, order: Order, stripe: StandInStripe) -> None:
    """It cannot happen as long as Stripe closes pages, so it is for a person to pay it back."""
    page = page_of(order)
    first = Payment.objects.get()
    Payment.objects.update(state="failed", session="")
    second = Payment.objects.create(
        order=order, provider="stripe", amount_minor=2499, currency="USD", started_at=timezone.now(), state="succeeded"
    )
    stripe.pay(page)
    deliver(client, stripe, "payment_intent.succeeded")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, set_aside()) == ("failed", "succeeded", ["paid_twice"])


def test_staff_find_what_was_set_aside_and_mark_it_as_dealt_with(
    client: Client, order: Order, success: dict[str, Any]
) -> None:
    success["data"]["object"]["currency"] = "eur"
    post_event(client, success)
    finance = make_staff("finance@example.com", "shop")
    client.force_login(finance)
    assert "Payment events set aside" in client.get("/admin/").content.decode()
    page = client.get("/admin/shop/providerevent/?state__exact=set_aside").content.decode()
    assert "Another amount or currency" in page
    event = ProviderEvent.objects.get()
    assert "payment_intent.succeeded" in client.get(f"/admin/shop/providerevent/{event.pk}/change/").content.decode()
    chosen = {"action": "resolve", "_selected_action": event.pk}
    question = client.post("/admin/shop/providerevent/", chosen).content.decode()
    client.post("/admin/shop/providerevent/", read_form(question) | chosen)
    event.refresh_from_db()
    assert (event.state, event.resolved_by, event.payload) == ("resolved", finance, None)
    assert "Payment events set aside" not in client.get("/admin/").content.decode()
    assert_unpaid(order)
