"""Twenty people pack the last unit at once, or pack it while it is refunded: it leaves the shop at most once."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from shop.checkout import check_out
from shop.delivery.parcels import UnitsTaken, deliver_parcel, lose_parcel, pack_parcel, resend_lost, send_parcel
from shop.delivery.tracking import Tracking
from shop.models import Order, OrderLine, Parcel, ParcelLine
from shop.orders import RequestedItem
from shop.refunds import plan_refund
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Return a paid order of one mug."""
    make_product("mug")
    return check_out(buyer=buyer(1), items=[RequestedItem("mug", 1)], key="key-00001", now=timezone.now()).order


def pack_by_check_then_insert(order: Order, _number: int) -> bool:
    """Pack without the guard: check what is left, then record the parcel."""
    line = OrderLine.objects.get(order=order)
    if not line.unpacked_quantity:
        return False
    parcel = Parcel.objects.create(order=order, packed_at=timezone.now())
    ParcelLine.objects.create(parcel=parcel, order_line=line, quantity=1)
    OrderLine.objects.filter(pk=line.pk).update(packed_quantity=1)
    return True


def pack_last(order: Order, _number: int) -> bool:
    try:
        pack_parcel(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    except UnitsTaken:
        return False
    return True


def refund_all(order: Order) -> bool:
    return bool(plan_refund(order_id=order.pk, created_by=None, now=timezone.now()).pk)


def test_without_the_guard_the_last_unit_is_packed_more_than_once(order: Order) -> None:
    packed = []
    for _run in range(5):
        ParcelLine.objects.all().delete()
        Parcel.objects.all().delete()
        OrderLine.objects.update(packed_quantity=0)
        outcomes = run_at_once([partial(pack_by_check_then_insert, order, number) for number in range(20)])
        packed.append(sum(outcome.result for outcome in outcomes))
    assert max(packed) > 1, packed


def test_of_20_people_who_pack_the_last_unit_one_does(order: Order) -> None:
    outcomes = run_at_once([partial(pack_last, order, number) for number in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (sum(outcome.result for outcome in outcomes), ParcelLine.objects.count()) == (1, 1)


def test_unit_that_is_packed_and_refunded_at_once_is_not_in_a_parcel(order: Order) -> None:
    run_at_once([partial(pack_last, order, 1), partial(refund_all, order), partial(pack_last, order, 2)])
    line = OrderLine.objects.get()
    assert (line.refunded_quantity, line.packed_quantity, line.returned_quantity) == (1, 0, 0)
    assert not Parcel.objects.exclude(state="cancelled").exists()


def make_lost(order: Order) -> Parcel:
    """Return a parcel of the mug that was lost. Another mug is in stock."""
    now = timezone.now()
    parcel = pack_parcel(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=now)
    send_parcel(parcel_id=parcel.pk, tracking=Tracking("DHL"), now=now)
    lose_parcel(parcel_id=parcel.pk, now=now)
    return parcel


def attempt(step: Callable[..., None], parcel_id: int, _number: int) -> bool:
    try:
        step(parcel_id=parcel_id, now=timezone.now())
    except UnitsTaken:
        return False
    return True


def test_lost_parcel_turns_up_or_is_sent_again_and_never_both(order: Order) -> None:
    parcel = make_lost(order)
    steps = [deliver_parcel, resend_lost] * 10
    outcomes = run_at_once([partial(attempt, step, parcel.pk, number) for number, step in enumerate(steps)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.result for outcome in outcomes) == 1
    parcel.refresh_from_db()
    line = OrderLine.objects.get()
    assert (parcel.state, line.unpacked_quantity) == (("lost", 1) if parcel.resent_at else ("delivered", 0))


def test_database_refuses_more_packed_units_than_were_paid(order: Order) -> None:
    with pytest.raises(IntegrityError):
        OrderLine.objects.update(packed_quantity=F("packed_quantity") + 2)
