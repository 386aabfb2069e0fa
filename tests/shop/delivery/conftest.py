"""Fixtures of the tests of delivery: a packer at the desk, and parcels that are packed and sent in admin."""

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from shop.delivery.parcels import deliver_parcel, pack_parcel, send_parcel
from shop.delivery.tracking import Tracking
from shop.models import Address, Order, OrderLine, Parcel
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.shop.conftest import buy

_numbers = itertools.count(1)


def make_packer(email: str = "packer@example.com") -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(Group.objects.get(name="Fulfilment"))
    return user


@pytest.fixture
def as_packer(settings: Any) -> Client:
    settings.STAFF_REQUIRE_MFA = False
    return client_of(make_packer())


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    """Return a paid order of three mugs and a lamp."""
    make_product("mug", stock=9, price_minor=1000)
    make_product("lamp", stock=9, price_minor=2500)
    buy(as_shopper, {"lines": [{"product": "mug", "quantity": 3}, {"product": "lamp"}]})
    return Order.objects.get()


def line_of(order: Order, slug: str) -> OrderLine:
    return order.lines.get(product__slug=slug)


def pack(client: Client, order: Order, **quantities: int) -> Any:
    """Pack units of the order's lines, by slug of the product. Return the response."""
    data = {f"line-{line_of(order, slug).pk}": quantity for slug, quantity in quantities.items()}
    return client.post(f"/admin/shop/order/{order.pk}/pack/", data)


def take_step(client: Client, parcel: Parcel, step: str, **data: str) -> Any:
    if step == "send":
        data = {"carrier": "DHL", "number": f"JD{next(_numbers):06}"} | data
    return client.post(f"/admin/shop/parcel/{parcel.pk}/{step}/", data)


def deliver(client: Client, order: Order, **quantities: int) -> Parcel:
    """Pack, send and deliver a parcel. Return it."""
    assert pack(client, order, **quantities).status_code == 302
    parcel = order.parcels.latest("pk")
    for step in ("send", "deliver"):
        assert take_step(client, parcel, step).status_code == 302
    parcel.refresh_from_db()
    return parcel


def deliver_all(order: Order, merchant: str = "house") -> Parcel:
    """Deliver all that a merchant sells of the order in one parcel, without the desk. Return it."""
    lines = order.lines.filter(merchant__slug=merchant)
    now, quantities = timezone.now(), {line.pk: line.unpacked_quantity for line in lines}
    parcel = pack_parcel(order_id=order.pk, quantities=quantities, created_by=None, now=now)
    send_parcel(parcel_id=parcel.pk, tracking=Tracking("DHL", f"JD{next(_numbers):06}"), now=now)
    deliver_parcel(parcel_id=parcel.pk, now=now)
    return parcel
