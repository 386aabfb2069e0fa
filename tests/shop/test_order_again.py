"""Items of orders that were not paid in time: back in the bag, once, and from the order's page at any time."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from shop.mail import mail_orders
from shop.models import BagLine, Order
from shop.release import expire_orders
from tests.conftest import client_of
from tests.factories import make_product
from tests.shop.conftest import buy
from tests.shop.stripe import StandInStripe
from tests.shop.test_release import after, state_of

pytestmark = pytest.mark.django_db


def bag_of(client: Client) -> list[tuple[str, int]]:
    lines = client.get("/api/v1/bag/").json()["lines"]
    return [(line["product"], line["quantity"]) for line in lines]


def test_items_of_an_expired_order_are_in_the_bag_again_and_the_email_says_where(
    as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    assert expire_orders(now=after(order)) == 1
    assert bag_of(as_shopper) == [("mug", 1)]
    BagLine.objects.all().delete()
    for _run in range(2):
        expire_orders(now=after(order))
        mail_orders(now=timezone.now())
    assert (bag_of(as_shopper), len(mailoutbox)) == ([], 1)
    body = mailoutbox[0].body
    assert "you can put them in your bag again there" in body and order.link_path in body


def test_guests_find_them_in_their_bag_and_strangers_do_not(
    client: Client, stripe: StandInStripe, address: dict[str, str]
) -> None:
    make_product("mug", stock=5)
    answer = buy(client, {"product": "mug", "quantity": 2, "email": "guest@example.com", "address": address})
    assert answer.status_code == 201, answer.content
    order = Order.objects.get()
    assert expire_orders(now=after(order)) == 1
    assert (bag_of(client), bag_of(Client())) == ([("mug", 2)], [])


def test_what_is_in_the_bag_or_was_ordered_since_is_left_as_it_is(
    as_shopper: Client, order: Order, stripe: StandInStripe
) -> None:
    make_product("cup", stock=5)
    buy(as_shopper, {"product": "mug"}, "key-0002")
    as_shopper.post("/api/v1/bag/", {"product": "cup", "quantity": 3}, content_type="application/json")
    Order.objects.filter(pk=order.pk).update(reserved_until=order.placed_at)
    order.refresh_from_db()
    assert expire_orders(now=after(order)) == 1
    assert (state_of(order), bag_of(as_shopper)) == ("cancelled", [("cup", 3)])


def test_shopper_puts_the_items_of_a_cancelled_order_in_the_bag(
    as_shopper: Client, order: Order, stranger: User
) -> None:
    again = f"/orders/{order.code}/again/"
    assert again not in as_shopper.get(f"/orders/{order.code}/").content.decode()
    as_shopper.post(again)
    assert (bag_of(as_shopper), state_of(order)) == ([], "pending")
    as_shopper.post(f"/orders/{order.code}/cancel/")
    assert bag_of(as_shopper) == []
    assert again in as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert client_of(stranger).post(again).status_code == 404
    answer: Any = as_shopper.post(again)
    assert (answer.headers["Location"], bag_of(as_shopper)) == ("/bag/", [("mug", 1)])
    as_shopper.post(again)
    assert bag_of(as_shopper) == [("mug", 1)]
