"""Sponsored places in the feed: how many, where, to whom, under which label, and what their views cost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.blocks import Block
from creators.models import Creator, Terms
from feed.events.recording import EventReport, record_events
from feed.models import Dial, EventKind, SponsoredDay, SponsoredView, Viewer
from feed.page.cache import clear_caches
from feed.sponsored.charges import charge_views
from feed.sponsored.running_places import RunningPlace
from social.models import PauseReason, Sponsorship
from social.sponsorships.lifecycle import pause
from tests.factories import NOW, make_category, make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from tests.sponsors import make_running_sponsorship, make_view, reload
from videos.models import Clip

pytestmark = pytest.mark.django_db
LABEL = "Sponsored"


def make_free_clip(creator: Creator | None = None) -> Clip:
    """Publish a clip with which nobody earns anything."""
    enrolment = make_enrolment(creator or make_creator())
    products = [make_product(category=make_category("plain", commission_rate_bps=0)) for _pair in range(2)]
    clip = make_watchable_clip(None, enrolment, products)
    Terms.objects.filter(pk=enrolment.terms_id).update(fee_minor=0)
    return clip


@pytest.fixture
def sponsorship(settings: Any) -> Sponsorship:
    """A running sponsorship among eleven other posts, in a feed in which one of five may be sponsored."""
    settings.SPONSORED_SPACING = 5
    for _clip in range(11):
        make_free_clip()
    return make_running_sponsorship(make_free_clip())


def read_labels(client: Client, **query: Any) -> list[str]:
    clear_caches()
    return [clip["ad_label"] for clip in read_feed(client, limit=12, **query)["clips"]]


def set_viewer(client: Client, **values: Any) -> None:
    read_feed(client)
    key = client.cookies["viewer"].value.split(".")[0]
    Viewer.objects.update_or_create(key=key, defaults={"created_at": NOW, **values})
    clear_caches()


def test_one_in_so_many_is_sponsored_and_none_of_the_first(client: Client, sponsorship: Sponsorship) -> None:
    labels = read_labels(client)
    assert labels.index(LABEL) == 4
    assert labels.count(LABEL) == 1
    assert len(labels) == 12


def test_several_sponsors_are_never_closer_than_the_spacing(client: Client, sponsorship: Sponsorship) -> None:
    other = make_running_sponsorship(make_free_clip(), bid_minor=4000)
    clear_caches()
    page = read_feed(client, limit=6)
    first = page["clips"]
    second = read_feed(client, limit=6, cursor=page["cursor"])["clips"]
    labels = [clip["ad_label"] for clip in [*first, *second]]
    assert [index for index, label in enumerate(labels) if label == LABEL] == [4, 9]
    assert first[4]["code"] == other.clip.code  # the higher bid, at the same expected interest
    assert first[4]["is_sponsored"]
    assert [reason["text"] for reason in first[4]["reasons"]] == [f"{other.sponsor} paid to show this"]


def test_the_label_is_wherever_the_post_is_shown(client: Client, sponsorship: Sponsorship) -> None:
    code = sponsorship.clip.code
    clear_caches()
    assert LABEL in client.get(f"/c/{code}/").content.decode()
    assert LABEL in client.get(f"/embed/{code}/").content.decode()
    assert client.get(f"/api/v1/clips/{code}/").json()["ad_label"] == LABEL
    pause(sponsorship_id=sponsorship.pk, reason=PauseReason.BOOKER, now=timezone.now())
    assert client.get(f"/api/v1/clips/{code}/").json()["ad_label"] == ""


def test_the_dial_counts_sponsored_posts(client: Client, sponsorship: Sponsorship) -> None:
    set_viewer(client, dial=Dial.FOLLOWED)
    assert LABEL not in read_labels(client)
    set_viewer(client, dial=Dial.FOLLOWED, followed=[sponsorship.clip.creator_id])
    assert LABEL in read_labels(client)


@pytest.mark.parametrize("column", ["hidden", "hidden_creators", "reason_factors"])
def test_nothing_is_shown_to_whoever_does_not_want_it(client: Client, sponsorship: Sponsorship, column: str) -> None:
    values = {
        "hidden": [sponsorship.clip_id],
        "hidden_creators": [sponsorship.clip.creator_id],
        "reason_factors": {f"sponsored:{sponsorship.place_id}": 0.25},
    }
    set_viewer(client, **{column: values[column]})
    assert LABEL not in read_labels(client)


def test_blocks_and_ages_hold_for_sponsored_posts(as_shopper: Client, shopper: Any, sponsorship: Sponsorship) -> None:
    set_viewer(as_shopper, user=shopper)
    assert LABEL in read_labels(as_shopper)
    Clip.objects.filter(pk=sponsorship.clip_id).update(is_age_restricted=True)
    assert LABEL not in read_labels(as_shopper)
    Clip.objects.filter(pk=sponsorship.clip_id).update(is_age_restricted=False)
    Block.objects.create(user=shopper, blocked_user=sponsorship.clip.creator.user, created_at=NOW)
    assert LABEL not in read_labels(as_shopper)


def test_audience_is_chosen_by_language_and_category(client: Client, settings: Any) -> None:
    settings.SPONSORED_SPACING = 5
    for _clip in range(9):
        make_free_clip()
    category = make_category("plain")
    make_running_sponsorship(make_free_clip(), languages=["ar"], categories=[category.pk])
    set_viewer(client, interests=[category.pk])
    assert LABEL not in read_labels(client)  # English
    client.cookies["django_language"] = "ar"
    clips = [clip for clip in read_feed(client, limit=10)["clips"] if clip["is_sponsored"]]
    set_viewer(client, interests=[])
    others = [clip for clip in read_feed(client, limit=10)["clips"] if clip["is_sponsored"]]
    assert (len(clips), len(others)) == (1, 0)


def watch(client: Client, *, value: int = 2500) -> None:
    """Watch the sponsored clip of the first page for so many milliseconds."""
    clear_caches()
    (card,) = [clip for clip in read_feed(client, limit=12)["clips"] if clip["ad_label"] == LABEL]
    SponsoredView.objects.all().delete()
    with_time = timezone.now() + timedelta(seconds=10)

    assert record_events([EventReport(card["token"], EventKind.WATCH, value)], now=with_time) == 1


def test_a_view_is_charged_once_a_day(client: Client, sponsorship: Sponsorship, settings: Any) -> None:
    settings.FEED_ASKS_CONSENT = False
    watch(client)
    assert SponsoredView.objects.count() == 1
    assert charge_views(now=timezone.now()) == 1
    assert charge_views(now=timezone.now()) == 0
    place = reload(sponsorship).place
    assert place is not None
    assert (place.spent_milli, place.spent_minor, place.reached_count) == (2000, 2, 1)
    day = SponsoredDay.objects.get()
    assert (day.view_count, day.charged_count, day.spent_milli) == (1, 1, 2000)
    assert LABEL not in read_labels(client)  # whoever saw it is not shown it again for two weeks


def test_a_glance_costs_nothing(client: Client, sponsorship: Sponsorship, settings: Any) -> None:
    settings.FEED_ASKS_CONSENT = False
    watch(client, value=1900)
    assert SponsoredView.objects.count() == 0


def test_new_viewers_of_one_network_together_count_as_one_known_viewer(sponsorship: Sponsorship) -> None:
    assert sponsorship.place is not None
    for _viewer in range(20):
        make_view(sponsorship.place, network="abc")
    assert charge_views(now=timezone.now()) == 5
    place = reload(sponsorship).place
    assert place is not None
    assert (place.spent_milli, place.reached_count) == (10_000, 20)


def test_the_author_of_the_post_costs_nothing(sponsorship: Sponsorship) -> None:
    assert sponsorship.place is not None
    viewer = Viewer.objects.create(key=uuid.uuid4(), user=sponsorship.clip.creator.user, created_at=NOW)
    make_view(sponsorship.place, viewer.pk)
    assert charge_views(now=timezone.now()) == 0
    assert SponsoredView.objects.get().charged_milli == 0


def test_neither_budget_nor_daily_cap_is_exceeded() -> None:
    sponsorship = make_running_sponsorship(budget_minor=100, bid_minor=30_000, daily_cap_minor=65)
    assert sponsorship.place is not None
    for _viewer in range(5):
        make_view(sponsorship.place)
    assert charge_views(now=timezone.now()) == 2  # a view costs 30
    for _viewer in range(5):
        make_view(sponsorship.place)
    assert charge_views(now=timezone.now() + timedelta(days=1)) == 1
    place = reload(sponsorship).place
    assert place is not None
    assert (place.spent_milli, place.spent_today_milli) == (90_000, 30_000)
    assert list(SponsoredDay.objects.order_by("day").values_list("view_count", "spent_milli")) == [
        (5, 60_000),
        (5, 30_000),
    ]


def test_what_is_paused_costs_nothing() -> None:
    sponsorship = make_running_sponsorship()
    assert sponsorship.place is not None
    make_view(sponsorship.place)
    pause(sponsorship_id=sponsorship.pk, reason=PauseReason.BOOKER, now=timezone.now())
    assert charge_views(now=timezone.now()) == 0
    assert SponsoredDay.objects.get().spent_milli == 0


def test_spending_is_paced_over_the_day() -> None:
    sponsorship = make_running_sponsorship(budget_minor=10_000, daily_cap_minor=2400, bid_minor=1000)
    assert sponsorship.place is not None
    place = sponsorship.place
    midnight = timezone.localtime(place.starts_at)
    place.day, place.spent_milli, place.spent_today_milli = midnight.date(), 100_000, 100_000
    running = RunningPlace.of(place)
    assert not running.is_open_at(midnight + timedelta(minutes=30))  # a 24th of the cap is spent
    assert running.is_open_at(midnight + timedelta(minutes=70))
    assert running.is_open_at(midnight + timedelta(days=1, minutes=1))  # what was spent yesterday does not count
    place.spent_today_milli = place.spent_milli = 2_400_000
    assert not RunningPlace.of(place).is_open_at(midnight + timedelta(hours=23))
    assert not running.is_open_at(place.ends_at)
