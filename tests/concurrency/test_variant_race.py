"""Races for one size of a product: the last unit of it in 64 bags, while another size stays in stock."""

from datetime import datetime
from functools import partial

import pytest
from django.utils import timezone

from catalog.models import Product, Variant
from shop.attribution import Buyer
from shop.bags import add_to_bag
from shop.checkout import check_out
from shop.models import Address, Order, OrderLine
from shop.orders import OrderRefused
from shop.shopper import Shopper
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import make_product, make_variants
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)
BAGS = 64


def shopper(number: int) -> Shopper:
    return Shopper(None, f"visitor{number}")


def fill_bags(count: int) -> Variant:
    """Put the last unit of size S into this many bags."""
    small, _medium = make_variants(make_product("shirt", stock=100), "S", "M")
    Variant.objects.filter(pk=small.pk).update(stock=1)
    small = Variant.objects.select_related("product__category").get(pk=small.pk)
    for number in range(count):
        add_to_bag(shopper=shopper(number), variant=small, now=timezone.now())
    return small


def buy_bag(number: int) -> str:
    buyer = Buyer(shopper(number), f"buyer{number}@example.com", Address(**ADDRESS))
    try:
        return check_out(buyer=buyer, items=None, key=f"key-{number:05}", now=timezone.now()).order.code
    except OrderRefused as refusal:
        return str(refusal)


def test_last_unit_of_a_size_is_sold_more_than_once_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    small = fill_bags(8)
    meeting = Meeting(8, patience_s=20)

    def check_then_write(variant_id: int, quantity: int, *, order_code: str, now: datetime) -> bool:
        stock = Variant.objects.get(pk=variant_id).stock
        meeting.wait()
        if stock < quantity:
            return False
        Variant.objects.filter(pk=variant_id).update(stock=stock - quantity)
        return True

    monkeypatch.setattr("shop.orders.take_stock", check_then_write)
    run_at_once([partial(buy_bag, number) for number in range(8)])
    assert OrderLine.objects.filter(variant=small).count() > 1


def test_last_unit_of_a_size_in_64_bags_is_sold_once() -> None:
    small = fill_bags(BAGS)
    outcomes = run_at_once([partial(buy_bag, number) for number in range(BAGS)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    answers = [outcome.result for outcome in outcomes]
    assert answers.count("Shirt – S is sold out. Your order was not placed.") == BAGS - 1
    assert Order.objects.get().code in answers
    assert OrderLine.objects.get().variant_id == small.pk
    assert (Variant.objects.get(pk=small.pk).stock, Product.objects.get().stock) == (0, 100)
