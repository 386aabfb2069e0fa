"""Orders that nobody pays: they empty no shelf for long, and send no email to whoever's address was typed."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from shop.attribution import Buyer
from shop.mail import mail_orders
from shop.models import Address, Order, Payment
from shop.orders import OrderRefused, RequestedItem, place_order
from shop.payments import settle_payment
from shop.providers import Outcome, OutcomeState
from shop.release import expire_orders
from shop.reservations import LAPSES_FORGIVEN, MINUTES_BEFORE_PAYMENT, MOST_UNPAID, forget_networks
from shop.shopper import Shopper
from tests.attacks.crowd import at_once
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.shop.conftest import ADDRESS, buy, page_of
from tests.shop.stripe import StandInStripe, deliver, running_stripe

pytestmark = pytest.mark.django_db

VICTIM = "stranger@example.com"
SCHOOL = "203.0.113.7"
ELSEWHERE = "198.51.100.9"


@pytest.fixture
def stripe(settings: Any) -> Any:
    with running_stripe() as stand_in:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY = stand_in.secret_key
        settings.STRIPE_WEBHOOK_SECRET = stand_in.webhook_secret
        settings.STRIPE_API_BASE = stand_in.url
        yield stand_in


def order_as_guest(quantity: int, *, network: str = SCHOOL, email: str = VICTIM, client: Client | None = None) -> int:
    """Order mugs as a guest, a new one unless `client` is given, and return the status of the answer."""
    body = {"product": "mug", "quantity": quantity, "email": email, "address": ADDRESS}
    guest = client or Client()
    guest.defaults["REMOTE_ADDR"] = network
    key = f"key-{Order.objects.count():05}"
    return int(buy(guest, body, key).status_code)


def stock_left() -> int:
    return Product.objects.get().stock


@pytest.mark.usefixtures("stripe")
@pytest.mark.parametrize(
    ("stock", "each", "left"), [(4, 1, 2), (10, 2, 6), (40, 10, 20), (80, 20, 40), (1000, 20, 920), (20, 5, 10)]
)
def test_four_unpaid_guest_orders_leave_half_of_the_stock(stock: int, each: int, left: int) -> None:
    make_product("mug", stock=stock)
    for _number in range(4):
        order_as_guest(each)
    assert stock_left() == left
    assert order_as_guest(1, network=ELSEWHERE) == 201


@pytest.mark.usefixtures("stripe")
def test_refused_reservation_takes_nothing_and_says_what_to_do() -> None:
    make_product("mug", stock=2)
    assert order_as_guest(1) == 201
    body = {"product": "mug", "email": VICTIM, "address": ADDRESS}
    refusal = buy(Client(REMOTE_ADDR=SCHOOL), body)
    assert refusal.status_code == 409
    assert refusal.json()["detail"].startswith("There are already several unpaid orders for Mug from your network.")
    assert (Order.objects.count(), stock_left()) == (1, 1)


@pytest.mark.usefixtures("stripe")
def test_school_behind_one_address_buys_what_it_pays_for(client: Client, stripe: StandInStripe) -> None:
    make_product("mug", stock=30)
    for number in range(20):
        assert order_as_guest(1) == 201, number
        stripe.pay(page_of(Order.objects.latest("pk")))
        deliver(client, stripe)
    assert (stock_left(), Order.objects.filter(state="paid").count()) == (10, 20)


@pytest.mark.usefixtures("stripe")
def test_signed_in_shopper_is_not_held_up_by_their_network() -> None:
    make_product("mug", stock=4)
    assert [order_as_guest(1) for _number in range(3)] == [201, 201, 409]
    user = make_user()
    shopper = client_of(user)
    assert order_as_guest(1, client=shopper) == 201


@pytest.mark.usefixtures("stripe")
def test_one_shopper_has_few_unpaid_orders_of_a_product_from_any_network() -> None:
    make_product("mug", stock=1000)
    client = Client()
    answers = [order_as_guest(1, network=f"203.0.113.{number}", client=client) for number in range(MOST_UNPAID + 1)]
    assert answers == [201] * MOST_UNPAID + [409]


@pytest.mark.usefixtures("stripe")
def test_client_who_lets_orders_lapse_cannot_take_everything_again() -> None:
    make_product("mug", stock=5)
    answers = []
    for _number in range(LAPSES_FORGIVEN + 2):
        answers.append(order_as_guest(5))
        expire_orders(now=timezone.now() + timedelta(hours=1))
    assert answers == [201] * (LAPSES_FORGIVEN + 1) + [409]
    body = {"product": "mug", "quantity": 5, "email": VICTIM, "address": ADDRESS}
    refusal = buy(Client(REMOTE_ADDR=SCHOOL), body).json()["detail"]
    assert "from your network were not paid in time" in refusal, "There is no unpaid order that could be paid."
    assert (stock_left(), order_as_guest(2), order_as_guest(5, network=ELSEWHERE)) == (5, 201, 409)


@pytest.mark.usefixtures("stripe")
def test_whole_ipv6_network_is_one_client() -> None:
    make_product("mug", stock=4)
    assert [order_as_guest(1, network=f"2001:db8:1:2::{number}") for number in range(1, 4)] == [201, 201, 409]
    assert order_as_guest(1, network="2001:db8:1:3::1") == 201


def test_reservation_is_short_until_the_payment_has_started() -> None:
    make_product("mug", stock=4)
    assert order_as_guest(1, email="declined@example.com") == 402
    order = Order.objects.get()
    assert order.reserved_until - order.placed_at == timedelta(minutes=MINUTES_BEFORE_PAYMENT)
    assert expire_orders(now=order.placed_at + timedelta(minutes=MINUTES_BEFORE_PAYMENT, seconds=1)) == 1


@pytest.mark.usefixtures("stripe")
def test_opening_the_payment_again_and_again_does_not_extend_the_reservation(settings: Any) -> None:
    make_product("mug", stock=4)
    client = Client()
    order_as_guest(1, client=client)
    order = Order.objects.get()
    assert order.reserved_until - order.placed_at == timedelta(minutes=settings.RESERVATION_MINUTES)
    for _time in range(3):
        client.post(f"/api/v1/orders/{order.code}/pay/")
    assert Order.objects.get().reserved_until == order.reserved_until


@pytest.mark.usefixtures("stripe")
def test_order_that_nobody_tried_to_pay_sends_no_email(mailoutbox: list[EmailMessage]) -> None:
    make_product("mug", stock=40)
    for _number in range(4):
        order_as_guest(1)
    cancelled_by_guest = Client()
    order_as_guest(1, network=ELSEWHERE, client=cancelled_by_guest)
    cancelled_by_guest.post(f"/orders/{Order.objects.latest('pk').code}/cancel/")
    send_all_emails()
    expire_orders(now=timezone.now() + timedelta(hours=1))
    send_all_emails()
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert mailoutbox == []


@pytest.mark.usefixtures("stripe")
def test_guest_whose_card_was_declined_is_told_that_the_order_lapsed(
    client: Client, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    make_product("mug", stock=40)
    order_as_guest(1)
    stripe.decline(page_of(Order.objects.get()))
    deliver(client, stripe)
    expire_orders(now=timezone.now() + timedelta(hours=1))
    send_all_emails()
    assert [message.to for message in mailoutbox] == [[VICTIM]]


@pytest.mark.usefixtures("stripe")
def test_orders_in_which_the_bank_is_processing_count_no_longer() -> None:
    make_product("mug", stock=4)
    for _number in range(2):
        order_as_guest(1)
    for payment in Payment.objects.all():
        outcome = Outcome(OutcomeState.PROCESSING, f"pi_{payment.pk}", session=payment.session)
        settle_payment(payment_id=payment.pk, outcome=outcome, now=timezone.now())
    assert order_as_guest(1) == 201


def test_networks_of_orders_are_forgotten_after_a_day() -> None:
    make_product("mug", stock=4)
    order_as_guest(1)
    assert len(Order.objects.get().network) == 16
    assert forget_networks(now=timezone.now() + timedelta(hours=23)) == 0
    assert forget_networks(now=timezone.now() + timedelta(hours=25)) == 1
    assert Order.objects.get().network == ""


@pytest.mark.django_db(transaction=True)
def test_orders_of_one_network_at_once_leave_half_of_the_stock() -> None:
    make_product("mug", stock=8)
    answers = at_once([partial(place_unpaid, number, timezone.now()) for number in range(8)])
    assert (answers.count(True), stock_left()) == (4, 4)


def place_unpaid(number: int, now: datetime) -> bool:
    buyer = Buyer(Shopper(None, f"visitor{number}", network="school"), VICTIM, Address(**ADDRESS))
    try:
        place_order(buyer=buyer, items=[RequestedItem("mug", 1)], now=now)
    except OrderRefused:
        return False
    return True


def send_all_emails() -> None:
    mail_orders(now=timezone.now())
