"""Unpaid orders about whose payment the provider tells nothing: in front of a person after a day, and cancelled by staff."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.history import read_history_line
from accounts.models import User
from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Order, Payment, ProviderEvent
from shop.release import expire_orders
from tests.conftest import client_of, make_staff
from tests.factories import make_product, make_user
from tests.shop.conftest import ADDRESS, buy, page_of
from tests.shop.stripe import StandInStripe, deliver
from tests.shop.test_release import after, slow_order, state_of

pytestmark = pytest.mark.django_db
__all__ = ["slow_order"]


@pytest.fixture
def as_staff() -> Client:
    return client_of(make_staff("staff@example.com", "shop"))


def cancel_page(order: Order) -> str:
    return f"/admin/shop/order/{order.pk}/cancel/"


def let_pass(order: Order, days: int) -> datetime:
    """Let an order have expired days ago."""
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(reserved_until=now - timedelta(days=days, minutes=1))
    return now


@pytest.fixture(params=["account", "data"])
def change_key(request: pytest.FixtureRequest, stripe: StandInStripe, settings: Any) -> Callable[[], None]:
    """Return what gives the shop a key of another account, or of the same one after its test data were deleted."""

    def change() -> None:
        stripe.objects.clear()
        if request.param == "account":
            stripe.account_id = "acct_other"
            settings.STRIPE_SECRET_KEY = stripe.secret_key = "sk_test_other"

    return change


def test_payment_that_no_key_finds_is_shown_to_a_person_after_a_day_and_once(
    as_shopper: Client, as_staff: Client, order: Order, change_key: Callable[[], None]
) -> None:
    session = page_of(order)
    change_key()
    buy(as_shopper, {"product": "mug"}, "key-0002")
    second = Order.objects.exclude(pk=order.pk).get()
    assert expire_orders(now=after(second)) == 1
    assert ProviderEvent.objects.count() == 0
    now = let_pass(order, days=1)
    for _run in range(2):
        assert expire_orders(now=now) == 0
    event = ProviderEvent.objects.get()
    assert (event.state, event.reason, event.reference) == ("set_aside", "unanswered", session)
    assert event.payload["order"] == order.code
    assert (state_of(order), state_of(second)) == ("pending", "cancelled")
    assert "Payment events set aside" in as_staff.get("/admin/").content.decode()


def test_staff_cancel_an_order_without_an_answer_and_the_shopper_is_told_the_truth(
    as_staff: Client, order: Order, change_key: Callable[[], None], mailoutbox: list[EmailMessage]
) -> None:
    change_key()
    let_pass(order, days=1)
    assert cancel_page(order) in as_staff.get(f"/admin/shop/order/{order.pk}/change/").content.decode()
    page = as_staff.get(cancel_page(order)).content.decode()
    assert "does not tell whether this order was paid" in page
    assert state_of(order) == "pending"
    as_staff.post(cancel_page(order), {"reason": "Not paid, as the dashboard says"})
    assert (state_of(order), Product.objects.get().stock, Payment.objects.get().state) == ("cancelled", 5, "failed")
    assert read_history_line(LogEntry.objects.get().change_message) == "Cancelled: Not paid, as the dashboard says"
    mail_orders(now=timezone.now())
    assert "You have not been charged" not in mailoutbox[0].body
    assert "If you were charged, please tell us" in mailoutbox[0].body


def test_slow_payment_of_which_nobody_tells_any_more_can_be_cancelled_too(
    client: Client, as_staff: Client, slow_order: Order, stripe: StandInStripe, change_key: Callable[[], None]
) -> None:
    order = slow_order
    deliver(client, stripe)
    assert Payment.objects.get().state == "processing"
    now = let_pass(order, days=1)
    assert expire_orders(now=now) == 0
    assert not ProviderEvent.objects.set_aside().exists()
    assert "does not tell" not in as_staff.get(cancel_page(order)).content.decode()
    answer = as_staff.post(cancel_page(order), {"reason": "Asked for by phone"})
    assert (answer.status_code, state_of(order)) == (422, "pending")
    change_key()
    for _run in range(2):
        assert expire_orders(now=timezone.now()) == 0
    assert ProviderEvent.objects.set_aside().get().reason == "unanswered"
    assert "does not tell" in as_staff.get(cancel_page(order)).content.decode()
    as_staff.post(cancel_page(order), {"reason": "Not paid, as the dashboard says"})
    assert (state_of(order), Product.objects.get().stock, Payment.objects.get().state) == ("cancelled", 5, "failed")


def test_guest_whose_order_was_given_up_is_told_that_they_may_have_paid(
    client: Client,
    as_staff: Client,
    stripe: StandInStripe,
    change_key: Callable[[], None],
    mailoutbox: list[EmailMessage],
) -> None:
    make_product("mug", stock=5, price_minor=2000)
    buy(client, {"product": "mug", "email": "guest@example.com", "address": ADDRESS})
    order = Order.objects.get()
    change_key()
    let_pass(order, days=1)
    as_staff.post(cancel_page(order), {"reason": "No answer"})
    mail_orders(now=timezone.now())
    [mail] = mailoutbox
    assert mail.to == ["guest@example.com"] and "If you were charged, please tell us" in mail.body


def test_money_for_an_order_that_was_cancelled_without_an_answer_is_sent_back(
    client: Client, as_staff: Client, order: Order, stripe: StandInStripe
) -> None:
    page = page_of(order)
    stripe.secret_key = "another"
    let_pass(order, days=1)
    as_staff.post(cancel_page(order), {"reason": "No answer"})
    assert state_of(order) == "cancelled"
    stripe.pay(page)
    deliver(client, stripe)
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("cancelled", 2499)


def test_staff_cancel_an_unpaid_order_and_its_page_is_closed(
    as_staff: Client, order: Order, stripe: StandInStripe
) -> None:
    page = page_of(order)
    assert "does not tell" not in as_staff.get(cancel_page(order)).content.decode()
    assert as_staff.post(cancel_page(order), {"reason": ""}).status_code == 422
    assert state_of(order) == "pending"
    as_staff.post(cancel_page(order), {"reason": "Asked for by phone"})
    assert (state_of(order), stripe.get_session(page)["status"]) == ("cancelled", "expired")


def test_staff_cannot_cancel_before_the_provider_had_a_day_to_answer(
    as_staff: Client, order: Order, stripe: StandInStripe
) -> None:
    stripe.secret_key = "another"
    answer = as_staff.post(cancel_page(order), {"reason": "Asked for by phone"})
    assert (answer.status_code, state_of(order), Payment.objects.get().state) == (422, "pending", "started")
    assert "is not cancelled yet" in answer.content.decode()
    assert not LogEntry.objects.exists()


def test_staff_cannot_cancel_what_was_just_paid(as_staff: Client, order: Order, stripe: StandInStripe) -> None:
    stripe.pay(page_of(order))
    answer = as_staff.post(cancel_page(order), {"reason": "Asked for by phone"})
    assert (answer.status_code, state_of(order), Product.objects.get().stock) == (422, "paid", 4)
    page = as_staff.get(f"/admin/shop/order/{order.pk}/change/").content.decode()
    assert cancel_page(order) not in page
    assert "no longer waiting" in as_staff.get(cancel_page(order), follow=True).content.decode()


def test_cancelling_needs_the_permission(order: Order, stranger: User) -> None:
    assert client_of(stranger).post(cancel_page(order), {"reason": "x"}).status_code in (302, 403)
    viewer = make_user("viewer@example.com", is_staff=True)
    assert client_of(viewer).post(cancel_page(order), {"reason": "x"}).status_code == 403
    assert (state_of(order), Payment.objects.get().state) == ("pending", "started")
