"""Races of merchants' pay: tallies at once, and a refund during a tally, have one effect each."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from unittest import mock

import pytest
from django.utils import timezone

from catalog.models import Merchant
from payouts import sales
from payouts.models import Account, Posting
from payouts.tally import tally
from payouts.tally_sql import book_due
from payouts.verification import find_discrepancies
from shop.models import Order, OrderLine
from shop.orders import RequestedItem, place_order
from shop.refunds import plan_refund
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_shop_race import buyer, pay
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def sell(count: int) -> list[Order]:
    """Sell as many stools of a merchant, whose return periods are over."""
    make_product("stool", price_minor=6000, stock=count, merchant=make_merchant("oak", fee_bps=1000))
    items = [RequestedItem("stool", 1)]
    orders = [place_order(buyer=buyer(number), items=items, now=timezone.now()) for number in range(count)]
    for order in orders:
        pay(order.pk)
    end_return_periods()
    return orders


def end_return_periods() -> None:
    OrderLine.objects.filter(sale_booked_at=None).update(payable_at=timezone.now() - timedelta(minutes=1))


def balance() -> int:
    account = Account.objects.get(merchant=Merchant.objects.get(slug="oak"))
    return sum(account.entries.values_list("amount_minor", flat=True))


def test_eight_tallies_at_once_book_every_sale_and_refund_once() -> None:
    orders = sell(6)
    for order in orders[:3]:
        plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    end_return_periods()
    acts: list[Callable[[], object]] = [partial(tally, now=timezone.now()) for _index in range(8)]
    outcomes = run_at_once(acts, threads=1)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    tally(now=timezone.now())
    assert sorted(Posting.objects.values_list("kind", flat=True)) == ["refund"] * 3 + ["sale"] * 6
    assert balance() == 3 * 5400
    assert list(find_discrepancies()) == []


def test_refunds_during_tallies_take_each_sale_back_once() -> None:
    orders = sell(6)
    refunds = [partial(plan_refund, order_id=order.pk, created_by=None, now=timezone.now()) for order in orders]
    acts: list[Callable[[], object]] = [*refunds, *(partial(tally, now=timezone.now()) for _index in range(4))]
    outcomes = run_at_once(acts)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    end_return_periods()  # a refund has put the end off for what was not booked yet
    tally(now=timezone.now())
    assert balance() == 0
    assert Posting.objects.filter(kind="refund").count() == Posting.objects.filter(kind="sale").count() == 6
    assert list(find_discrepancies()) == []


def test_sales_are_booked_twice_without_the_guards() -> None:
    """Without the lock on the lines and the key of the posting, two tallies that meet pay the merchant twice."""
    sell(1)
    meeting = Meeting(2)
    unlocked = sales._LOCK_LINES.replace("FOR NO KEY UPDATE OF line SKIP LOCKED", "")
    unkeyed = sales._SALES.replace("'sale-' || sold.id", "'sale-' || sold.id || '-' || pg_backend_pid()")

    def meet(due: str, parts: str, values: dict[str, object]) -> int:
        if due == unkeyed:
            meeting.wait()
        return book(due, parts, values)

    book = book_due
    with (
        mock.patch.object(sales, "_LOCK_LINES", unlocked),
        mock.patch.object(sales, "_SALES", unkeyed),
        mock.patch.object(sales, "book_due", meet),
    ):
        outcomes = run_at_once([partial(tally, now=timezone.now()) for _index in range(2)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert balance() == 2 * 5400
    assert [str(discrepancy).partition(":")[0] for discrepancy in find_discrepancies()] != []
