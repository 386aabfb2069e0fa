"""Races for sizes: the last unit of one, sizes of several products in any order, and a change of price meanwhile."""

from functools import partial
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Product, StockMovement, Variant
from catalog.stock_checks import find_wrong_stock, find_wrong_sums
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import Address, Order, OrderLine
from shop.orders import OrderRefused, RequestedItem
from shop.release import release_order
from shop.shopper import Shopper
from tests.concurrency.crowd import run_at_once
from tests.factories import make_product, make_variants
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)


def buy(number: int, variants: list[Variant]) -> str:
    buyer = Buyer(Shopper(None, f"visitor{number}"), f"buyer{number}@example.com", Address(**ADDRESS))
    items = [RequestedItem(variant.product.slug, 1, variant_id=variant.pk) for variant in variants]
    try:
        return check_out(buyer=buyer, items=items, key=f"key-{number:05}", now=timezone.now()).order.code
    except OrderRefused as refusal:
        return str(refusal)


def buy_and_cancel(number: int, variants: list[Variant]) -> str:
    code = buy(number, variants)
    order = Order.objects.filter(code=code).first()
    if order is not None and number % 2:
        release_order(order_id=order.pk, now=timezone.now())
    return code


def set_price(variant: Variant, price_minor: int) -> None:
    Variant.objects.filter(pk=variant.pk).update(price_minor=price_minor)


def test_last_unit_of_a_size_in_64_bags_is_sold_once() -> None:
    small, medium = make_variants(make_product("shirt"), "S", "M", stock=1)
    outcomes = run_at_once([partial(buy, number, [small]) for number in range(64)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    answers = [outcome.result for outcome in outcomes]
    assert answers.count("Shirt – S is sold out. Your order was not placed.") == 63
    assert (Order.objects.get().code in answers, OrderLine.objects.get().variant) == (True, small)
    assert Product.objects.get().stock == Variant.objects.get(pk=medium.pk).stock == 1
    assert [*find_wrong_stock(), *find_wrong_sums()] == []


def test_orders_of_several_sizes_do_not_wait_for_each_other_in_a_circle() -> None:
    sizes = [
        variant for slug in ("shirt", "shoe") for variant in make_variants(make_product(slug), "S", "M", stock=100)
    ]
    sizes = [sizes[place] for place in (0, 3, 1, 2)]  # of the two products in turn
    mixed = [Random(number).sample(sizes, 3) for number in range(40)]
    prices = [partial(set_price, size, price) for price in (1500, 2500) for size in sizes]
    outcomes = run_at_once([*(partial(buy_and_cancel, n, variants) for n, variants in enumerate(mixed)), *prices])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [*find_wrong_stock(), *find_wrong_sums()] == []
    sold = -sum(StockMovement.objects.exclude(kind="opening").values_list("change", flat=True))
    assert sold == OrderLine.objects.exclude(order__state="cancelled").count()


def test_sums_go_wrong_without_the_lock_on_the_product() -> None:
    """Show the guard off: the same trigger that does not lock the product before it reads the variants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'catalog_sum_up'")
        body = cursor.fetchone()[0]
        lock = next(line for line in body.splitlines() if "FOR NO KEY UPDATE" in line)
        header = "CREATE OR REPLACE FUNCTION catalog_sum_up(products bigint[]) RETURNS void LANGUAGE plpgsql AS $$"
        cursor.execute(f"{header}{body.replace(lock, 'PERFORM pg_sleep(0.02);')}$$")
    try:
        variants = make_variants(make_product("shirt"), *(f"Size {number}" for number in range(8)), stock=50)
        run_at_once([partial(buy, number, [variants[number % 8]]) for number in range(24)])
        assert list(find_wrong_sums())
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{header}{body}$$")
