"""Two colleagues answer the same return at once, one accepts and one declines it: one of them is told that it was late."""

import time
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import User
from shop import refunds
from shop.checkout import check_out
from shop.delivery.return_steps import refuse_return
from shop.models import Refund
from shop.orders import RequestedItem
from shop.refunds import RefundRefused, refund_return
from shop.returns import request_return
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def wish() -> Refund:
    """Return a request to return one of two mugs."""
    make_product("mug")
    order = check_out(buyer=buyer(1), items=[RequestedItem("mug", 2)], key="key-00001", now=timezone.now()).order
    return request_return(order=order, quantities={order.lines.get().pk: 1}, reason="", now=timezone.now())


def accept_by_check_then_save(wish: Refund, meeting: Meeting) -> bool:
    """Accept without the guard: check the state, then save the row."""
    refund = Refund.objects.get(pk=wish.pk)
    if refund.state != "requested":
        return False
    meeting.wait()
    time.sleep(0.5)
    refund.state = "planned"
    refund.save()
    return True


def accept(wish: Refund, colleague: User, meeting: Meeting) -> bool:
    """Accept, and let the colleague answer after the state was checked and before the refund is counted."""
    count_refund = refunds._count_refund

    def count_after_meeting(*args: Any, **kwargs: Any) -> None:
        meeting.wait()
        time.sleep(0.5)
        count_refund(*args, **kwargs)

    try:
        with mock.patch.object(refunds, "_count_refund", count_after_meeting):
            refund_return(refund_id=wish.pk, created_by=colleague, now=timezone.now())
    except RefundRefused:
        return False
    return True


def refuse(wish: Refund, colleague: User, meeting: Meeting | None = None) -> bool:
    if meeting is not None:
        meeting.wait()
    return refuse_return(refund_id=wish.pk, created_by=colleague, now=timezone.now(), reason="Used for a year.")


def test_without_the_guard_a_return_is_declined_and_accepted(wish: Refund) -> None:
    meeting, colleague = Meeting(2), make_user()
    calls = [partial(accept_by_check_then_save, wish, meeting), partial(refuse, wish, colleague, meeting)]
    assert [outcome.result for outcome in run_at_once(calls)] == [True, True]


def test_colleague_who_answers_second_is_told_so(wish: Refund) -> None:
    meeting, colleague = Meeting(2), make_user()
    outcomes = run_at_once([partial(accept, wish, colleague, meeting), partial(refuse, wish, colleague, meeting)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [outcome.result for outcome in outcomes] == [True, False]
    wish.refresh_from_db()
    assert (wish.state in {"planned", "done"}, wish.decline_reason) == (True, "")


def test_return_that_was_declined_is_not_accepted(wish: Refund) -> None:
    colleague = make_user()
    assert refuse(wish, colleague)
    with pytest.raises(RefundRefused, match="already been answered"):
        refund_return(refund_id=wish.pk, created_by=colleague, now=timezone.now())
    wish.refresh_from_db()
    assert (wish.state, wish.amount_minor, wish.order.refunded_minor) == ("refused", 0, 0)
