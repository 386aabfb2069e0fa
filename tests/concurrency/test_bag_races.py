"""Races around bags: a visitor's bag that is merged by many requests at once, and one bag that is bought twice."""

from functools import partial

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.idempotency import do_once
from accounts.models import IdempotencyKey, User
from shop.attribution import Buyer
from shop.bags import add_to_bag, get_bag_lines
from shop.checkout import check_out
from shop.models import Address, Bag, BagLine, Order
from shop.orders import OrderRefused
from shop.shopper import Shopper
from tests.concurrency.crowd import run_at_once
from tests.factories import make_product, make_user, variant_of
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)


def fill_bags(user: User, visitor: str) -> None:
    """Put two mugs into the user's bag and three into the visitor's."""
    product = make_product("mug", stock=100)
    add_to_bag(shopper=Shopper(user, ""), variant=variant_of(product), quantity=2, now=timezone.now())
    add_to_bag(shopper=Shopper(None, visitor), variant=variant_of(product), quantity=3, now=timezone.now())


def merge_without_lock(user_id: int, visitor: str) -> None:
    """Merge without the guard: read both bags, then write."""
    with transaction.atomic():
        visitor_bag = Bag.objects.filter(user=None, visitor=visitor).first()
        if visitor_bag is None:
            return
        more = sum(line.quantity for line in visitor_bag.lines.all())
        BagLine.objects.filter(bag__user=user_id).update(quantity=F("quantity") + more)
        Bag.objects.filter(pk=visitor_bag.pk).delete()


def read_bag(user_id: int, visitor: str) -> int:
    shopper = Shopper(User.objects.get(pk=user_id), visitor)
    return sum(line.quantity for line in get_bag_lines(shopper))


def test_bag_is_added_more_than_once_without_the_guard() -> None:
    together = []
    for number in range(6):
        BagLine.objects.all().delete()
        Bag.objects.all().delete()
        user = make_user()
        product = make_product(f"mug-{number}", stock=100)
        add_to_bag(shopper=Shopper(user, ""), variant=variant_of(product), quantity=2, now=timezone.now())
        add_to_bag(shopper=Shopper(None, "v"), variant=variant_of(product), quantity=3, now=timezone.now())
        run_at_once([partial(merge_without_lock, user.pk, "v") for _index in range(5)])
        together.append(BagLine.objects.get(bag__user=user).quantity)
    assert max(together) > 5, together


def test_16_requests_at_once_add_the_visitors_bag_once() -> None:
    user = make_user()
    fill_bags(user, "visitor")
    outcomes = run_at_once([partial(read_bag, user.pk, "visitor") for _index in range(16)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (BagLine.objects.get().quantity, Bag.objects.count()) == (5, 1)


def test_two_devices_of_one_account_add_both_bags() -> None:
    user = make_user()
    fill_bags(user, "phone")
    line = BagLine.objects.first()
    assert line is not None
    add_to_bag(shopper=Shopper(None, "laptop"), variant=line.variant, quantity=4, now=timezone.now())
    outcomes = run_at_once([partial(read_bag, user.pk, visitor) for visitor in ("phone", "laptop") * 8])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (BagLine.objects.get().quantity, Bag.objects.count()) == (9, 1)


def buy_bag(number: int, user_id: int) -> str:
    shopper = Shopper(User.objects.get(pk=user_id), "")
    buyer = Buyer(shopper, shopper.user.email if shopper.user else "", Address(**ADDRESS))
    try:
        return check_out(buyer=buyer, items=None, key=f"key-{number:05}", now=timezone.now()).order.code
    except OrderRefused as refusal:
        return str(refusal)


def test_one_bag_is_bought_once_from_ten_devices() -> None:
    user = make_user()
    add_to_bag(
        shopper=Shopper(user, ""), variant=variant_of(make_product("mug", stock=100)), quantity=2, now=timezone.now()
    )
    outcomes = run_at_once([partial(buy_bag, number, user.pk) for number in range(10)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    answers = [outcome.result for outcome in outcomes]
    assert answers.count("Your bag is empty.") == 9 and Order.objects.get().code in answers


def save_address(user_id: int) -> str:
    user = User.objects.get(pk=user_id)
    return do_once(owner="addresses", key="k", content={}, make=lambda: str(_save(user)))


def _save(user: User) -> int:
    return Address.objects.create(user=user, **ADDRESS).pk


def test_ten_requests_with_one_key_have_one_effect() -> None:
    user = make_user()
    outcomes = run_at_once([partial(save_address, user.pk) for _index in range(10)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert {outcome.result for outcome in outcomes} == {str(Address.objects.get().pk)}
    assert IdempotencyKey.objects.count() == 1
