"""Twenty requests at once to return the same two units: one is recorded, and the others are refused with the reason."""

from functools import partial

import pytest
from django.utils import timezone

from shop.checkout import check_out
from shop.models import Order, Refund, RefundLine
from shop.orders import RequestedItem
from shop.returns import ReturnRefused, list_returnable_lines, request_return
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def order() -> Order:
    """Return a paid order of two mugs."""
    make_product("mug")
    items = [RequestedItem("mug", 2)]
    return check_out(buyer=buyer(1), items=items, key="key-00001", now=timezone.now()).order


def request_by_check_then_insert(order: Order, _number: int) -> bool:
    """Request without the guard: check what can be returned, then record the request."""
    now = timezone.now()
    [line] = list_returnable_lines(order, now=now)
    if line.explain_refusal(2):
        return False
    refund = Refund.objects.create(order=order, state="requested", currency="USD", created_at=now, send_after=now)
    RefundLine.objects.create(refund=refund, order_line=line.line, quantity=2, amount_minor=0, commission_minor=0)
    return True


def request_both(order: Order, _number: int) -> bool:
    try:
        request_return(order=order, quantities={order.lines.get().pk: 2}, reason="", now=timezone.now())
    except ReturnRefused:
        return False
    return True


def test_without_the_guard_the_same_units_are_requested_more_than_once(order: Order) -> None:
    made = []
    for _run in range(5):
        RefundLine.objects.all().delete()
        Refund.objects.all().delete()
        outcomes = run_at_once([partial(request_by_check_then_insert, order, number) for number in range(20)])
        made.append(sum(outcome.result for outcome in outcomes))
    assert max(made) > 1, made


def test_of_20_requests_for_the_same_units_one_is_recorded(order: Order) -> None:
    outcomes = run_at_once([partial(request_both, order, number) for number in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert (sum(outcome.result for outcome in outcomes), Refund.objects.filter(state="requested").count()) == (1, 1)
