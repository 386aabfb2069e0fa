"""One bag becomes one order, and one user one creator, however many requests ask for it at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from creators.enrolment import become_creator
from creators.models import Creator
from shop.bags import add_to_bag, get_bag_lines
from shop.models import BagLine, Order
from shop.shopper import Shopper
from tests.attacks.crowd import at_once
from tests.concurrency.crowd import wait_until_somebody_is_blocked
from tests.conftest import client_of
from tests.factories import make_product, make_user, variant_of
from tests.shop.conftest import ADDRESS, quote

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 10


def copy_of(client: Client) -> Client:
    """Return another client with the same cookies, as another tab has."""
    copy = Client(raise_request_exception=False)
    copy.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return copy


def check_out(client: Client, body: dict[str, Any], key: str) -> int:
    answer = client.post("/api/v1/checkout/", body, content_type="application/json", headers={"Idempotency-Key": key})
    return answer.status_code


def fill_bag(client: Client) -> dict[str, Any]:
    """Put two mugs into the client's bag, and return the body that orders the bag."""
    make_product("mug", stock=100)
    client.post("/api/v1/bag/", {"product": "mug", "quantity": 2}, content_type="application/json")
    body = {"email": "guest@example.com", "address": ADDRESS}
    total = quote(client, body).json()["total"]
    return {**body, "expected_total_minor": total["amount_minor"], "expected_currency": total["currency"]}


@pytest.mark.parametrize("is_guest", [True, False])
def test_ten_keys_at_once_turn_one_bag_into_one_order(is_guest: bool) -> None:
    client = Client() if is_guest else client_of(make_user())
    body = fill_bag(client)
    answers = at_once([partial(check_out, copy_of(client), body, f"key-{number:05}") for number in range(TIMES)])
    assert sorted(answers) == [201] + [409] * (TIMES - 1)
    assert (Order.objects.count(), BagLine.objects.count(), Product.objects.get().stock) == (1, 0, 98)


def test_ten_forms_at_once_turn_one_bag_into_one_order() -> None:
    client = Client()
    form = {**fill_bag(client), **ADDRESS}
    del form["address"]
    posts = [
        partial(copy_of(client).post, "/checkout/", {**form, "key": f"key-{number:05}"}) for number in range(TIMES)
    ]
    assert {answer.status_code for answer in at_once(posts)} == {302}
    assert (Order.objects.count(), Product.objects.get().stock) == (1, 98)


def test_bag_that_is_merged_while_a_request_waits_for_it_is_created_again() -> None:
    make_product("mug", stock=100)
    user, mug = make_user(), Product.objects.get()
    add = partial(add_to_bag, shopper=Shopper(None, "v"), variant=variant_of(mug), now=timezone.now())
    add()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            get_bag_lines(Shopper(user, "v"))
            waiting = pool.submit(at_once, [add])
            wait_until_somebody_is_blocked()
        [line] = waiting.result()
    assert line.bag.user is None
    assert sorted(BagLine.objects.values_list("bag__user", "quantity"), key=str) == [(user.pk, 1), (None, 1)]


def test_becoming_a_creator_ten_times_at_once_makes_one() -> None:
    user = make_user()
    client = client_of(user)
    form = {"handle": "mina", "display_name": "Mina", "bio": "", "confirms_adult": "on"}
    calls = [partial(copy_of(client).post, "/studio/join/", form) for _number in range(TIMES)]
    assert {answer.status_code for answer in at_once(calls)} == {302}
    assert Creator.objects.get().user == user


def test_becoming_a_creator_with_ten_handles_at_once_makes_one() -> None:
    user = make_user()
    calls = [
        partial(
            become_creator,
            user=user,
            handle=f"mina{number}",
            display_name="Mina",
            confirms_adult=True,
            now=timezone.now(),
        )
        for number in range(TIMES)
    ]
    assert set(at_once(calls)) == {Creator.objects.get()}
