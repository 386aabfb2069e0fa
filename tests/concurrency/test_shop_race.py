"""Races in the shop: twenty buyers of the last item, twenty refunds of one order, ten clicks on one button."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.utils import timezone

from catalog.models import Product
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import Address, Order, Payment, Refund
from shop.order_payment import pay_order
from shop.orders import OutOfStock, RequestedItem, place_order
from shop.refund_dispatch import send_refund
from shop.refunds import RefundRefused, plan_refund
from shop.release import expire_orders
from shop.shopper import Shopper
from tests.concurrency.crowd import run_at_once
from tests.factories import make_product
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)


def buyer(number: int) -> Buyer:
    return Buyer(Shopper(None, f"visitor{number}"), f"buyer{number}@example.com", Address(**ADDRESS))


def buy_mug(number: int) -> str:
    try:
        result = check_out(
            buyer=buyer(number), items=[RequestedItem("mug", 1)], key=f"key-{number:05}", now=timezone.now()
        )
    except OutOfStock as refusal:
        return str(refusal)
    return result.order.code


def buy_by_check_then_update(_number: int) -> bool:
    """Buy without the guard: check the stock first, then decrease it."""
    product = Product.objects.get(slug="mug")
    if product.stock < 1:
        return False
    Order.objects.create(
        visitor="v", email="a@example.com", currency="USD", goods_minor=1, total_minor=1, placed_at=timezone.now(),
        reserved_until=timezone.now(), **ADDRESS,
    )  # fmt: skip
    Product.objects.filter(pk=product.pk, stock__gt=0).update(stock=F("stock") - 1)
    return True


def test_last_item_is_sold_more_than_once_without_the_guard() -> None:
    sold = []
    make_product("mug")
    for _run in range(5):
        Product.objects.update(stock=1)
        sold.append(
            sum(outcome.result for outcome in run_at_once([partial(buy_by_check_then_update, n) for n in range(20)]))
        )
    assert max(sold) > 1, sold


def test_20_buyers_of_the_last_item_get_one_order_and_19_refusals() -> None:
    make_product("mug", stock=1)
    outcomes = run_at_once([partial(buy_mug, number) for number in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    answers = [outcome.result for outcome in outcomes]
    assert answers.count("Mug is sold out. Your order was not placed.") == 19
    assert Order.objects.get().code in answers
    assert (Product.objects.get().stock, Payment.objects.count()) == (0, 1)


def test_ten_clicks_on_buy_at_once_make_one_order() -> None:
    make_product("mug", stock=10)
    outcomes = run_at_once([partial(buy_mug, 7) for _index in range(10)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert {outcome.result for outcome in outcomes} == {Order.objects.get().code}
    assert (Product.objects.get().stock, Payment.objects.count()) == (9, 1)


def place(number: int, slugs: tuple[str, str]) -> str:
    items = [RequestedItem(slug, 1) for slug in slugs]
    return place_order(buyer=buyer(number), items=items, now=timezone.now()).code


def test_orders_of_the_same_products_in_another_sequence_do_not_deadlock() -> None:
    make_product("mug", stock=100)
    make_product("cup", stock=100)
    sequences = (("mug", "cup"), ("cup", "mug"))
    outcomes = run_at_once([partial(place, number, sequences[number % 2]) for number in range(64)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert list(Product.objects.values_list("stock", flat=True)) == [36, 36]


def paid_order(quantity: int = 1) -> Order:
    make_product("mug", stock=quantity)
    items = [RequestedItem("mug", quantity)]
    return check_out(buyer=buyer(1), items=items, key="key-00001", now=timezone.now()).order


def refund_all(order_id: int) -> bool:
    try:
        refund = plan_refund(order_id=order_id, created_by=None, now=timezone.now())
    except RefundRefused:
        return False
    send_refund(refund_id=refund.pk, now=timezone.now())
    return True


def test_20_refunds_of_one_order_have_one_effect() -> None:
    order = paid_order()
    outcomes = run_at_once([partial(refund_all, order.pk) for _index in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.result for outcome in outcomes) == 1
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, Refund.objects.get().state) == ("refunded", order.total_minor, "done")
    assert Product.objects.get().stock == 1


def send(refund_id: int) -> bool:
    return send_refund(refund_id=refund_id, now=timezone.now())


def test_refund_is_sent_once_by_ten_workers() -> None:
    refund = plan_refund(order_id=paid_order().pk, created_by=None, now=timezone.now())
    outcomes = run_at_once([partial(send, refund.pk) for _index in range(10)])
    assert sum(outcome.result for outcome in outcomes) == 1


def pay(order_id: int) -> str:
    return pay_order(order=Order.objects.get(pk=order_id), now=timezone.now()).state


def test_ten_payments_at_once_charge_once() -> None:
    make_product("mug")
    order = place_order(buyer=buyer(1), items=[RequestedItem("mug", 1)], now=timezone.now())
    outcomes = run_at_once([partial(pay, order.pk) for _index in range(10)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (Payment.objects.count(), Order.objects.get().state) == (1, "paid")


def expire() -> int:
    return expire_orders(now=timezone.now() + timedelta(hours=1))


def test_reservation_that_expires_ten_times_at_once_returns_its_stock_once() -> None:
    make_product("mug", stock=3)
    place_order(buyer=buyer(1), items=[RequestedItem("mug", 3)], now=timezone.now())
    outcomes = run_at_once([expire for _index in range(10)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (sum(outcome.result for outcome in outcomes), Product.objects.get().stock) == (1, 3)
