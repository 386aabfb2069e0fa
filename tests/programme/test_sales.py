"""Orders and amounts are counted for each post and merchant, when five people have bought."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from payouts.models import Posting
from payouts.tally import tally
from programme.day_counts import count_days
from programme.models import CountedDay, SalesCount
from shop.models import OrderLine
from tests.conftest import client_of
from tests.programme.audience import DAY
from tests.shop.related import make_earning_clip, order_through
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def clip(creator: Creator) -> Clip:
    return make_earning_clip(creator)


def buy(clip: Clip, buyers: range, day: object = DAY) -> list[OrderLine]:
    """Let these guests buy the mug of the clip on a day."""
    lines = []
    for number in buyers:
        line = order_through(clip, email=f"buyer-{number}@elsewhere.example")
        type(line.order).objects.filter(pk=line.order_id).update(paid_at=f"{day}T12:00:00Z")
        lines.append(line)
    return lines


def count() -> list[tuple[object, int, int, int, int]]:
    if not CountedDay.objects.exists():
        CountedDay.objects.bulk_create([CountedDay(on=DAY), CountedDay(on=NEXT)])
    count_days(now=timezone.now(), at_most=2)
    columns = ("on", "people", "orders", "sold_minor", "commission_minor")
    return list(SalesCount.objects.filter(merchant=1).order_by("on").values_list(*columns))


def test_orders_of_four_people_wait_for_the_fifth(clip: Clip) -> None:
    buy(clip, range(4))
    buy(clip, range(3, 6), NEXT)
    assert count() == [(NEXT, 6, 7, 14_000, 1_400)]


def test_five_orders_of_one_person_are_never_shown(clip: Clip) -> None:
    for _index in range(5):
        buy(clip, range(1))
    assert count() == []


def test_refunded_orders_and_those_of_the_creator_do_not_count(clip: Clip, creator: Creator) -> None:
    refunded, *_others = buy(clip, range(5))
    OrderLine.objects.filter(pk=refunded.pk).update(refunded_quantity=1)
    assert creator.user is not None
    own = order_through(clip, client_of(creator.user))
    type(own.order).objects.filter(pk=own.order_id).update(paid_at=f"{DAY}T12:00:00Z")
    assert count() == []


def test_page_adds_fees_to_the_commission_of_counted_orders(clip: Clip, creator: Creator) -> None:
    buy(clip, range(5))
    count()
    tally(now=timezone.now())
    fees = sum(posting.gross_minor for posting in Posting.objects.filter(creator=creator, slot__clip_code=clip.code))
    assert creator.user is not None and clip.published_at is not None
    first = min(DAY, clip.published_at.date())
    dates = {"from": str(first), "to": str(first + timedelta(days=365))}
    answer = client_of(creator.user).get("/api/v1/analytics/", dates).json()
    assert fees > 0
    assert (answer["totals"]["orders"], answer["totals"]["earned_minor"]) == (5, 1_000 + fees)
    assert Client().get("/api/v1/analytics/", dates).status_code in (401, 403)
