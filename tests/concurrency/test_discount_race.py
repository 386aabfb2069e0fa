"""Races of discount codes: eight checkouts with the last use, two of one person, and two cancellations of one order."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.utils import timezone

from catalog.models import Variant
from shop.checkout import check_out
from shop.models import DiscountCode, DiscountUse, Order
from shop.orders import OrderRefused, RequestedItem, cancel_order, place_order
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)
MUG = [RequestedItem("mug", 1)]


def make_code(**fields: int) -> DiscountCode:
    make_product("mug", stock=50, price_minor=2000)
    since = timezone.now() - timedelta(days=1)
    return DiscountCode.objects.create(code="FIRST", percent_bps=1000, currency="USD", valid_from=since, **fields)


def buy_with_code(number: int, key: str = "") -> str:
    try:
        result = check_out(
            buyer=buyer(number), items=MUG, key=key or f"key-{number:05}", now=timezone.now(), discount_code="first"
        )
    except OrderRefused as refusal:
        return str(refusal)
    return result.order.code


def use_by_check_then_update(code_id: int, meeting: Meeting) -> bool:
    """Use a code without the guard: read the count first, then increase it."""
    code = DiscountCode.objects.get(pk=code_id)
    meeting.wait()
    if code.uses_count >= 1:
        return False
    DiscountCode.objects.filter(pk=code_id).update(uses_count=F("uses_count") + 1)
    return True


def test_last_use_is_used_more_than_once_without_the_guard() -> None:
    code, meeting = make_code(), Meeting(8)
    outcomes = run_at_once([partial(use_by_check_then_update, code.pk, meeting) for _index in range(8)])
    assert sum(outcome.result for outcome in outcomes) > 1


def test_8_checkouts_with_the_last_use_have_one_effect_and_7_sentences() -> None:
    code = make_code(uses_limit=1)
    outcomes = run_at_once([partial(buy_with_code, number) for number in range(8)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [outcome.result for outcome in outcomes].count("This discount code has been used up.") == 7
    code.refresh_from_db()
    assert (code.uses_count, DiscountUse.objects.count(), Order.objects.count()) == (1, 1, 1)
    assert Variant.objects.get().stock == 49


def test_person_with_eight_tabs_uses_a_code_once() -> None:
    code = make_code(uses_per_person=1)
    outcomes = run_at_once([partial(buy_with_code, 1, f"tab-{number:05}") for number in range(8)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [outcome.result for outcome in outcomes].count("You have used this discount code before.") == 7
    code.refresh_from_db()
    assert (code.uses_count, Order.objects.count()) == (1, 1)


def cancel(order_id: int) -> bool:
    return cancel_order(order_id=order_id, now=timezone.now())


def test_use_is_given_back_once_by_ten_cancellations() -> None:
    code = make_code()
    order = place_order(buyer=buyer(1), items=MUG, now=timezone.now(), discount_code="FIRST")
    place_order(buyer=buyer(2), items=MUG, now=timezone.now(), discount_code="FIRST")
    outcomes = run_at_once([partial(cancel, order.pk) for _index in range(10)])
    assert sum(outcome.result for outcome in outcomes) == 1
    code.refresh_from_db()
    assert code.uses_count == 1
