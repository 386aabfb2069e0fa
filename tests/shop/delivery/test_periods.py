"""Return periods and commissions count from delivery, and only what was delivered can be returned."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localtime

from shop.models import Address, Order, OrderLine, Parcel
from shop.refunds import plan_refund, refund_return
from shop.returns import list_returnable_lines
from tests.factories import make_product
from tests.shop.conftest import buy
from tests.shop.delivery.conftest import deliver, line_of, pack, take_step

pytestmark = pytest.mark.django_db


def ask(client: Client, order: Order, **quantities: int) -> Any:
    lines = [{"product": slug, "quantity": quantity} for slug, quantity in quantities.items()]
    return client.post(f"/api/v1/orders/{order.code}/returns/", {"lines": lines}, content_type="application/json")


def returnable(order: Order, *, now: datetime | None = None) -> dict[str, int]:
    order.refresh_from_db()
    lines = list_returnable_lines(order, now=now or timezone.now())
    return {line.line.product.slug: line.returnable for line in lines}


def payable_at(order: Order) -> datetime:
    dates = set(order.lines.values_list("payable_at", flat=True))
    [date] = dates
    assert date is not None
    return date


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of the shop's day, until which a return period lasts."""
    return localtime(moment, get_default_timezone()).replace(hour=23, minute=59, second=59)


def test_units_that_have_not_arrived_cannot_be_returned(as_packer: Client, as_shopper: Client, order: Order) -> None:
    deliver(as_packer, order, mug=2)
    response = ask(as_shopper, order, mug=3)
    assert (response.status_code, response.json()["detail"]) == (409, "Mug: You can return at most 2.")
    response = ask(as_shopper, order, lamp=1)
    assert response.status_code == 409
    assert response.json()["detail"] == "Lamp: This has not been delivered yet. You can return it after it arrives."
    assert order.refunds.count() == 0
    assert ask(as_shopper, order, mug=2).status_code == 201


def test_packed_and_sent_units_cannot_be_returned_until_they_count_as_delivered(
    as_packer: Client, order: Order
) -> None:
    pack(as_packer, order, mug=3, lamp=1)
    assert returnable(order) == {"mug": 0, "lamp": 0}
    parcel = order.parcels.get()
    take_step(as_packer, parcel, "send")
    assert returnable(order) == {"mug": 0, "lamp": 0}
    parcel.refresh_from_db()
    assert parcel.sent_at is not None
    assert returnable(order, now=parcel.sent_at + timedelta(days=14)) == {"mug": 3, "lamp": 1}
    last = parcel.sent_at + timedelta(days=28)
    assert returnable(order, now=end_of_day(last)) == {"mug": 3, "lamp": 1}
    assert returnable(order, now=end_of_day(last) + timedelta(seconds=1)) == {"mug": 0, "lamp": 0}
    assert payable_at(order) == last


def test_period_runs_from_the_delivery_of_the_last_parcel(as_packer: Client, order: Order) -> None:
    first = deliver(as_packer, order, mug=3)
    Parcel.objects.filter(pk=first.pk).update(delivered_at=timezone.now() - timedelta(days=20))
    assert returnable(order) == {"mug": 3, "lamp": 0}, "the period is open until the lamp arrives"
    second = deliver(as_packer, order, lamp=1)
    assert second.delivered_at is not None
    ends_at = second.delivered_at + timedelta(days=14)
    assert returnable(order, now=end_of_day(ends_at)) == {"mug": 3, "lamp": 1}
    assert returnable(order, now=end_of_day(ends_at) + timedelta(seconds=1)) == {"mug": 0, "lamp": 0}
    assert payable_at(order) == ends_at


def test_commission_waits_for_what_is_not_sent_but_not_for_ever(as_packer: Client, order: Order) -> None:
    order.refresh_from_db()
    assert order.paid_at is not None
    assert payable_at(order) == order.paid_at + timedelta(days=60)
    deliver(as_packer, order, mug=3)
    assert payable_at(order) == order.paid_at + timedelta(days=60)
    plan_refund(order_id=order.pk, quantities={line_of(order, "lamp").pk: 1}, created_by=None, now=timezone.now())
    delivered_at = order.parcels.get().delivered_at
    assert delivered_at is not None
    assert payable_at(order) == delivered_at + timedelta(days=14)


def test_late_parcel_moves_the_date_unless_the_commission_is_booked(as_packer: Client, order: Order) -> None:
    booked_at = timezone.now() - timedelta(days=1)
    mug = order.lines.filter(product__slug="mug")
    mug.update(commission_booked_at=booked_at, payable_at=booked_at)
    Order.objects.update(paid_at=timezone.now() - timedelta(days=61))
    parcel = deliver(as_packer, order, mug=3, lamp=1)
    assert parcel.delivered_at is not None
    assert mug.get().payable_at == booked_at
    assert line_of(order, "lamp").payable_at == parcel.delivered_at + timedelta(days=14)
    assert returnable(order) == {"mug": 3, "lamp": 1}


def test_lost_parcel_ends_no_period_until_it_is_decided(as_packer: Client, order: Order) -> None:
    deliver(as_packer, order, mug=3)
    pack(as_packer, order, lamp=1)
    lost = order.parcels.latest("pk")
    take_step(as_packer, lost, "send")
    take_step(as_packer, lost, "lose")
    order.refresh_from_db()
    assert order.paid_at is not None
    assert (returnable(order), payable_at(order)) == ({"mug": 3, "lamp": 0}, order.paid_at + timedelta(days=60))
    plan_refund(order_id=order.pk, quantities={line_of(order, "lamp").pk: 1}, created_by=None, now=timezone.now())
    first = order.parcels.earliest("pk")
    assert first.delivered_at is not None
    assert payable_at(order) == first.delivered_at + timedelta(days=14)


def test_several_units_of_a_taxed_line_returned_singly_sum_up_and_shipping_is_refunded_once(
    as_packer: Client, as_shopper: Client, saved_address: Address, settings: Any
) -> None:
    settings.TAX_RATES_BPS = {"US": 725}
    make_product("cup", stock=9, price_minor=333)
    buy(as_shopper, {"product": "cup", "quantity": 3}, key="cups-0001")
    order = Order.objects.get()
    deliver(as_packer, order, cup=3)
    for _unit in range(3):
        assert ask(as_shopper, order, cup=1).status_code == 201
    assert ask(as_shopper, order, cup=1).status_code == 409
    for refund in order.refunds.order_by("pk"):
        refund_return(refund_id=refund.pk, created_by=None, now=timezone.now())
    order.refresh_from_db()
    refunds = list(order.refunds.values_list("goods_minor", "shipping_minor", "tax_minor"))
    assert [sum(column) for column in zip(*refunds, strict=True)] == [999, 499, order.tax_minor]
    assert [shipping for _goods, shipping, _tax in refunds].count(499) == 1
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)


def test_shop_that_records_no_parcels_counts_from_payment(
    as_shopper: Client, saved_address: Address, settings: Any
) -> None:
    settings.RECORD_PARCELS = False
    make_product("mug", stock=9)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    assert order.paid_at is not None
    assert (order.packing_due_at, payable_at(order)) == (None, order.paid_at + timedelta(days=14))
    assert returnable(order) == {"mug": 1}
    assert OrderLine.objects.get().unpacked_quantity == 1
