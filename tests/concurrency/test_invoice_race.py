"""Races of invoices: twenty orders that are paid, and twenty that are refunded, at the same moment."""

from functools import partial

import pytest
from django.utils import timezone

from shop.invoice_checks import find_invoice_problems
from shop.models import Invoice, InvoiceSeries, Order
from shop.orders import RequestedItem, place_order
from shop.refunds import plan_refund
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_shop_race import buyer, pay
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)


def place_orders(count: int) -> list[int]:
    make_product("mug", stock=count)
    items = [RequestedItem("mug", 1)]
    return [place_order(buyer=buyer(number), items=items, now=timezone.now()).pk for number in range(count)]


def refund(order_id: int) -> int:
    return plan_refund(order_id=order_id, created_by=None, now=timezone.now()).pk


def take_position_without_lock(series_id: int, meeting: Meeting) -> int:
    """Spend a number without the guard: read the last one, then write the next."""
    series = InvoiceSeries.objects.get(pk=series_id)
    meeting.wait()
    series.last_position += 1
    series.save(update_fields=["last_position"])
    return series.last_position


def test_number_is_spent_twice_without_the_lock() -> None:
    series, meeting = InvoiceSeries.objects.create(kind="invoice", year=2026), Meeting(8)
    outcomes = run_at_once([partial(take_position_without_lock, series.pk, meeting) for _index in range(8)])
    assert [outcome.result for outcome in outcomes] == [1] * 8


def test_20_orders_paid_and_refunded_at_once_have_numbers_without_gaps() -> None:
    order_ids = place_orders(20)
    for act in (pay, refund):
        outcomes = run_at_once([partial(act, order_id) for order_id in order_ids])
        assert [outcome.trace for outcome in outcomes if outcome.error] == []
    for series in InvoiceSeries.objects.all():
        assert sorted(series.invoices.values_list("position", flat=True)) == list(range(1, 21))
    assert (InvoiceSeries.objects.count(), Invoice.objects.count()) == (2, 40)
    assert Order.objects.filter(state="refunded").count() == 20
    assert list(find_invoice_problems()) == []
