"""Codes guessed at once, and a parcel that is handed over and cancelled at once: at most five guesses, and one of the two."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.utils import timezone

from shop.checkout import check_out
from shop.delivery.parcels import PackingRefused, hand_over_parcel
from shop.delivery.pickup_codes import MAX_GUESSES, spend_guess
from shop.delivery.uncollected import cancel_uncollected
from shop.models import Order, Parcel, Refund
from shop.orders import RequestedItem
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product
from tests.shop.delivery.pickup import make_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def parcel() -> Parcel:
    """Return a parcel of a mug that has been ready for too long."""
    make_product("mug")
    order = check_out(buyer=buyer(1), items=[RequestedItem("mug", 1)], key="key-00001", now=timezone.now()).order
    Order.objects.filter(pk=order.pk).update(is_pickup=True)
    return make_ready(order, at=timezone.now() - timedelta(days=settings.PICKUP_DAYS + 1))


def guess_by_check_then_count(parcel_id: int, _number: int) -> bool:
    """Count a guess without the guard: read how many there were, then write one more."""
    parcel = Parcel.objects.get(pk=parcel_id)
    if parcel.code_guesses >= MAX_GUESSES:
        return False
    parcel.code_guesses += 1
    parcel.code_guessed_at = timezone.now()
    parcel.save(update_fields=["code_guesses", "code_guessed_at"])
    return True


def guess(parcel_id: int, _number: int) -> bool:
    return spend_guess(parcel_id, timezone.now())


def hand_over(parcel_id: int) -> bool:
    try:
        hand_over_parcel(parcel_id=parcel_id, now=timezone.now())
    except PackingRefused:
        return False
    return True


def test_without_the_guard_more_codes_are_guessed_than_allowed(parcel: Parcel) -> None:
    guesses = []
    for _run in range(5):
        Parcel.objects.update(code_guesses=0, code_guessed_at=None)
        outcomes = run_at_once([partial(guess_by_check_then_count, parcel.pk, number) for number in range(20)])
        guesses.append(sum(bool(outcome.result) for outcome in outcomes))
    assert max(guesses) > MAX_GUESSES, guesses


def test_of_20_codes_guessed_at_once_five_are_compared(parcel: Parcel) -> None:
    outcomes = run_at_once([partial(guess, parcel.pk, number) for number in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(bool(outcome.result) for outcome in outcomes) == MAX_GUESSES


def test_parcel_is_handed_over_or_cancelled_and_never_both(parcel: Parcel) -> None:
    sweep = partial(cancel_uncollected, now=timezone.now())
    outcomes = run_at_once([partial(hand_over, parcel.pk), sweep, partial(hand_over, parcel.pk), sweep])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    parcel.refresh_from_db()
    assert sum(int(outcome.result) for outcome in outcomes) == 1
    assert Refund.objects.count() == {"delivered": 0, "cancelled": 1}[parcel.state]
