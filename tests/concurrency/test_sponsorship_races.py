"""Races of sponsorships: 64 views at once on the last of a budget, and two who end the same one."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from feed.models import SponsoredDay, SponsoredPlace, SponsoredView
from feed.sponsored.charges import charge_view
from shop.models import Prepayment, Refund
from social.models import EndReason
from social.sponsorships.lifecycle import end
from social.sponsorships.verification import find_sponsorship_problems
from tests.concurrency.crowd import Meeting, Outcome, run_at_once
from tests.factories import NOW
from tests.sponsors import make_running_sponsorship, make_view, reload

pytestmark = pytest.mark.django_db(transaction=True)

VIEWS = 64


def make_place(**amounts: int) -> SponsoredPlace:
    """Return a place whose views cost 10 cents each, with as many views to weigh as there are writers."""
    sponsorship = make_running_sponsorship(bid_minor=10_000, **amounts)
    assert sponsorship.place is not None
    for _view in range(VIEWS):
        make_view(sponsorship.place)
    return sponsorship.place


def charge_at_once(charge: Callable[[int], bool]) -> list[Outcome]:
    ids = SponsoredView.objects.values_list("pk", flat=True)
    outcomes = run_at_once([partial(charge, view_id) for view_id in ids])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return outcomes


@pytest.mark.parametrize(("budget", "cap"), [(400, 400), (900, 400)], ids=["budget", "daily cap"])
def test_64_writers_spend_neither_more_than_the_budget_nor_than_the_daily_cap(budget: int, cap: int) -> None:
    place, now = make_place(budget_minor=budget, daily_cap_minor=cap), timezone.now()
    outcomes = charge_at_once(lambda view_id: charge_view(view_id=view_id, now=now))
    place.refresh_from_db()
    assert sum(outcome.result for outcome in outcomes) == 40
    assert place.spent_milli == SponsoredDay.objects.get().spent_milli == 400_000
    assert (SponsoredDay.objects.get().view_count, place.reached_count) == (VIEWS, VIEWS)
    assert list(find_sponsorship_problems()) == []


def test_without_the_guard_the_budget_is_overspent() -> None:
    place = make_place(budget_minor=400, daily_cap_minor=400)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feed_sponsoredplace DROP CONSTRAINT feed_sponsored_spent_at_most_budget")
        cursor.execute("ALTER TABLE feed_sponsoredplace DROP CONSTRAINT feed_sponsored_day_at_most_cap")
    meeting = Meeting(VIEWS)

    def read_then_write(_view_id: int) -> bool:
        with transaction.atomic():
            spent_milli = SponsoredPlace.objects.get(pk=place.pk).spent_milli
            meeting.wait()
            if spent_milli + 10_000 > 400_000:
                return False
            SponsoredDay.objects.get_or_create(place=place, day=NOW.date(), defaults={"view_count": 0})
            with connection.cursor() as cursor:
                cursor.execute("UPDATE feed_sponsoredplace SET spent_milli = spent_milli + bid_minor")
        return True

    try:
        assert sum(outcome.result for outcome in charge_at_once(read_then_write)) == VIEWS
        place.refresh_from_db()
        assert place.spent_milli > 400_000
    finally:
        SponsoredPlace.objects.update(spent_milli=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE feed_sponsoredplace ADD CONSTRAINT feed_sponsored_spent_at_most_budget"
                " CHECK (spent_milli <= budget_minor * 1000),"
                " ADD CONSTRAINT feed_sponsored_day_at_most_cap CHECK (spent_today_milli <= daily_cap_minor * 1000)"
            )


def test_two_who_end_it_refund_what_is_left_once_while_views_are_charged() -> None:
    place, now = make_place(budget_minor=900, daily_cap_minor=900), timezone.now()
    sponsorship_id = place.sponsorship.pk
    ids = SponsoredView.objects.values_list("pk", flat=True)[:20]
    endings = [partial(end, sponsorship_id=sponsorship_id, reason=EndReason.BOOKER, now=now) for _closer in range(4)]
    charges = [partial(charge_view, view_id=view_id, now=now) for view_id in ids]
    outcomes = run_at_once([*charges[:10], *endings, *charges[10:]])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.result for outcome in outcomes[10:14]) == 1
    place.refresh_from_db()
    charged = sum(outcome.result for outcome in [*outcomes[:10], *outcomes[14:]])
    assert place.spent_minor == charged * 10
    assert Refund.objects.get().amount_minor == 900 - charged * 10
    assert Prepayment.objects.get().refunded_minor == 900 - charged * 10
    assert reload(place.sponsorship).state == "done"
    assert list(find_sponsorship_problems()) == []
