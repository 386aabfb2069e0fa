"""Guest orders with somebody else's email address: they reach the account of that address, and tell nothing about it."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import IdempotencyKey, User
from payouts.related_payees import assess_commissions
from shop.mail import mail_orders
from shop.models import Bag, Order
from shop.release import expire_orders
from tests.conftest import client_of
from tests.factories import PASSWORD, make_creator, make_product
from tests.shop.conftest import ADDRESS, buy
from tests.shop.related import ELSEWHERE, make_earning_clip, order_through, state_of
from tests.shop.stripe import StandInStripe

pytestmark = pytest.mark.django_db
PHONE = "+12175550123"


def sign_in(user: User) -> Client:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    client = Client()
    assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("address", [{}, {"street": "1 Rival Road", "phone": PHONE}])
def test_paid_order_with_a_creators_address_freezes_no_commission(address: dict[str, str], settings: Any) -> None:
    settings.PHONE_COUNTRIES = ["US"]
    clip = make_earning_clip(make_creator("maya"))
    maya, typed = clip.creator.user, {**ELSEWHERE, "phone": "+12175550199", **address}
    body = {"product": make_product().slug, "email": maya.email, "address": typed}
    assert buy(Client(), body, key="rival-0001").status_code == 201
    sign_in(maya)
    adopted = Order.objects.get()
    assert (adopted.user, adopted.adopted_at is None) == (maya, False)
    sale = order_through(clip, address={**ELSEWHERE, "phone": PHONE})
    assess_commissions(now=timezone.now())
    assert state_of(sale) == ("", "", 200)
    Order.objects.filter(pk=adopted.pk).update(adopted_at=None)
    assess_commissions(now=timezone.now())
    assert state_of(sale)[0] == "held", "An order of the creator's own tells where they live."


@pytest.mark.usefixtures("no_request_limits")
def test_order_that_the_creator_takes_by_hand_counts() -> None:
    clip = make_earning_clip(make_creator("maya"))
    maya = clip.creator.user
    body = {"product": make_product().slug, "email": "old@example.com", "address": ELSEWHERE}
    code = buy(Client(), body, key="own-00001").json()["code"]
    device = client_of(maya)
    assert device.post("/orders/find/", {"code": code, "email": "old@example.com"}).status_code == 302
    assert device.post(f"/orders/{code}/claim/").status_code == 302
    assert Order.objects.get().user == maya
    assert state_of(order_through(clip))[0] == "held"


def test_unpaid_orders_with_a_shoppers_address_are_not_theirs(shopper: User, stripe: StandInStripe) -> None:
    make_product("mug", stock=40)
    body = {"product": "mug", "email": shopper.email, "address": ADDRESS}
    for number in range(3):
        assert buy(Client(REMOTE_ADDR="203.0.113.7"), body, key=f"typed-{number}-00").status_code == 201
    device = sign_in(shopper)
    assert Order.objects.filter(user=shopper).count() == 0
    assert device.get("/api/v1/orders/").json()["results"] == []
    assert buy(device, body, key="real-00001").status_code == 201
    expire_orders(now=timezone.now() + timedelta(days=1))
    mail_orders(now=timezone.now())
    assert [message.subject for message in mail.outbox] == [
        f"Your order {Order.objects.get(user=shopper).code} was cancelled"
    ]
    bag = Bag.objects.get(user=shopper)
    assert [line.quantity for line in bag.lines.all()] == [1]


def test_order_that_is_paid_later_comes_at_the_next_sign_in(shopper: User, stripe: StandInStripe) -> None:
    make_product("mug")
    assert buy(Client(), {"product": "mug", "email": shopper.email, "address": ADDRESS}).status_code == 201
    sign_in(shopper)
    assert Order.objects.get().user is None
    Order.objects.update(state="paid", paid_at=timezone.now())
    sign_in(shopper)
    assert Order.objects.get().user == shopper


@pytest.mark.parametrize("is_older", [True, False])
def test_order_that_was_adopted_before_the_upgrade_is_marked(is_older: bool) -> None:
    maya, product = make_creator("maya").user, make_product().slug
    guest = {"product": product, "email": maya.email, "address": ELSEWHERE}
    assert buy(Client(), guest, key="rival-0001").status_code == 201
    own = {"product": product, "address": ELSEWHERE}
    assert buy(client_of(maya), own, key="own-00001").status_code == 201
    adopted, placed = Order.objects.order_by("pk")
    Order.objects.filter(pk=adopted.pk).update(user=maya)
    if is_older:
        IdempotencyKey.objects.all().delete()
        User.objects.filter(pk=maya.pk).update(date_joined=adopted.placed_at + timedelta(milliseconds=1))
    with connection.cursor() as cursor:
        cursor.execute(import_module("shop.migrations.0027_mark_adopted_orders").MARK)
    adopted.refresh_from_db()
    placed.refresh_from_db()
    assert (adopted.adopted_at is None, placed.adopted_at) == (False, None)
