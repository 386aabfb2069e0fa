"""Reach that is made up: invented viewers, their likes and long views move no clip to the top of everybody's feed."""

import random
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from feed.events.recording import EventReport, ServerAction, record_actions, record_events
from feed.models import ClipCount, EventKind, Viewer
from feed.page.cache import clear_caches
from feed.page.model_store import ranker_for
from feed.page.snapshot import current_snapshot
from feed.ranking import KINDS, EventLog, Items, fit_model
from feed.ranking.interactions import NO_IDS
from feed.ranking.trust import MOST_OF_NETWORK, MOST_TIMES_KNOWN, NEW, trust_events, weigh_viewers
from feed.ranking.weights import Weights
from feed.training import count_clips, forget_networks, train_model
from tests.factories import make_enrolment
from tests.feed.watching import make_watchable_clip
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token

pytestmark = pytest.mark.django_db

CLIPS = 20
INVENTED = 60
ONE_NETWORK = "00000000deadbeef"
DAY = timedelta(days=1)
_ids = random.Random()  # no secret


@pytest.fixture(autouse=True)
def same_viewers_in_every_run() -> None:
    """Which viewers a model is validated on depends on their ids."""
    _ids.seed(7)


def new_viewer() -> uuid.UUID:
    return uuid.UUID(int=_ids.getrandbits(128), version=4)


@pytest.fixture
def clips() -> list[Clip]:
    enrolment = make_enrolment()
    return [make_watchable_clip(enrolment=enrolment) for _number in range(CLIPS)]


def latest_noon() -> datetime:
    """Return the last noon: viewers count by their days, so a few hours before it are the same day whatever the time."""
    now = timezone.now()
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if noon <= now else noon - DAY


def watch(
    viewer: uuid.UUID,
    clip: Clip,
    *,
    days_ago: float = 0.1,
    share: float = 1.0,
    network: str = "",
    at: datetime | None = None,
) -> None:
    """Record an impression and a watch of a share of the clip, which lasts 8 s."""
    at = at or latest_noon() - days_ago * DAY
    token = issue_token(Serving(viewer, clip.pk, at, 0, ""))
    reports = [EventReport(token, EventKind.IMPRESSION), EventReport(token, EventKind.WATCH, int(8000 * share))]
    record_events(reports, now=at + timedelta(minutes=1), network=network)


def like(viewer: uuid.UUID, clip: Clip, days_ago: float = 0) -> None:
    at = latest_noon() - days_ago * DAY
    record_actions([ServerAction(viewer, clip.pk, EventKind.LIKE, 0, at)], now=at)


def watch_honestly(clips: list[Clip], viewers: int = 40) -> None:
    """Let people who come on several days enjoy the first clips most, and the last one least."""
    chance = np.random.default_rng(5)
    for number in range(viewers):
        viewer, network = new_viewer(), f"{number:016x}"
        for index, clip in enumerate(clips):
            if chance.random() < 0.6:
                share = 1.0 if chance.random() < 0.9 - 0.8 * index / CLIPS else 0.1
                days_ago = 0.05 + 0.9 * ((index + number) % 5)
                watch(viewer, clip, days_ago=days_ago, share=share, network=network)
                if share == 1.0 and chance.random() < 0.15:
                    like(viewer, clip, days_ago)


def invent_viewers(clip: Clip, networks: Iterable[str]) -> None:
    """Let invented viewers enjoy and like one clip."""
    for network in networks:
        viewer = new_viewer()
        watch(viewer, clip, network=network)
        like(viewer, clip)


def place_of(clip: Clip) -> int:
    """Train, and return the place of a clip, from 1, for somebody about whom nothing is known."""
    now = timezone.now()
    count_clips(now=now)
    train_model(now=now)
    clear_caches()
    ranker = ranker_for(current_snapshot())
    best = ranker.model.recommend(NO_IDS, NO_IDS, CLIPS, rank_factors=ranker.rank_factors).items
    return 1 + ranker.clip_ids(best).index(clip.pk)


def test_sixty_invented_viewers_of_one_network_leave_the_last_clip_where_it_is(clips: list[Clip]) -> None:
    watch_honestly(clips)
    last = clips[-1]
    before = place_of(last)
    assert before >= CLIPS - 2
    invent_viewers(last, [ONE_NETWORK] * INVENTED)
    assert place_of(last) >= CLIPS / 3


def test_invented_viewers_of_sixty_networks_do_not_lead(clips: list[Clip]) -> None:
    watch_honestly(clips)
    last = clips[-1]
    invent_viewers(last, [f"{number:08x}deadbeef" for number in range(INVENTED)])
    assert place_of(last) > 1


def test_sixty_invented_viewers_lead_without_the_guard(clips: list[Clip], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.training.trust_events", lambda viewer, *_rest: np.ones(len(viewer), np.float32))
    watch_honestly(clips)
    invent_viewers(clips[-1], [ONE_NETWORK] * INVENTED)
    assert place_of(clips[-1]) == 1


def test_clip_that_known_viewers_enjoy_still_rises(clips: list[Clip]) -> None:
    watch_honestly(clips)
    last = clips[-1]
    for number in range(40):
        viewer = new_viewer()
        for days_ago in range(5):
            watch(viewer, clips[number % 5], days_ago=1.2 + days_ago, share=0.1, network=f"{number:012x}beef")
        watch(viewer, last, network=f"{number:012x}beef")
    assert place_of(last) <= 3


def test_invented_views_do_not_use_up_the_first_looks_of_a_new_clip(clips: list[Clip]) -> None:
    watch_honestly(clips[:-1])
    rival = clips[-1]
    for _number in range(120):
        watch(new_viewer(), rival, share=0.01, network=ONE_NETWORK)
    place_of(rival)
    counts = ClipCount.objects.get(clip=rival)
    assert counts.shown == 120, "What creators and staff see stays the true number."
    snapshot = current_snapshot()
    assert snapshot.shown[snapshot.rows_of([rival.pk])][0] < 10


def test_networks_are_stored_with_the_first_event_and_forgotten(client: Any, clips: list[Clip]) -> None:
    client.post(f"/api/v1/clips/{clips[0].code}/like/")
    viewer = Viewer.objects.get()
    assert len(viewer.network) == 16
    client.post(f"/api/v1/clips/{clips[1].code}/like/", REMOTE_ADDR="203.0.113.9")
    assert Viewer.objects.get().network == viewer.network
    assert forget_networks(now=timezone.now() + 89 * DAY) == 0
    assert forget_networks(now=timezone.now() + 91 * DAY) == 1
    assert Viewer.objects.get().network == ""
    Viewer.objects.update(created_at=timezone.now() - 91 * DAY)
    client.post(f"/api/v1/clips/{clips[2].code}/like/")
    watch(viewer.key, clips[3], network=ONE_NETWORK, at=timezone.now())
    assert Viewer.objects.get().network == "", "Later events do not bring it back."


def test_viewers_count_by_their_days_and_fully_after_a_purchase() -> None:
    days, has_bought = np.array([0, 1, 2, 5, 30, 1]), np.array([False] * 5 + [True])
    assert weigh_viewers(days, has_bought).tolist() == pytest.approx([NEW, NEW, 2 * NEW, 1, 1, 1])


def test_all_count_the_same_while_everybody_is_new_and_from_elsewhere() -> None:
    viewer, item = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 0, 0])
    assert trust_events(viewer, item, np.full(3, NEW, np.float32), np.arange(3)).tolist() == [1] * 5


def test_new_viewers_of_one_network_count_together_like_one_who_is_known() -> None:
    viewer, item = np.arange(101), np.zeros(101, np.int64)
    weights = np.array([1] + [NEW] * 100, np.float32)
    trust = trust_events(viewer, item, weights, np.array([-1] + [7] * 100))
    assert trust[1:].sum() / trust[0] == pytest.approx(MOST_OF_NETWORK)
    assert trust.mean() == pytest.approx(1)


def test_new_viewers_exceed_their_usual_share_of_a_clip_only_so_far() -> None:
    known = 100
    viewer = np.arange(known + 100 + 1000)
    item = np.concatenate((np.repeat([0, 1], known // 2), np.repeat([0, 1], 50), np.zeros(1000, np.int64)))
    weights = np.concatenate((np.ones(known), np.full(1100, NEW))).astype(np.float32)
    trust = trust_events(viewer, item, weights, viewer) / trust_events(viewer, item, weights, viewer)[0]
    new_of_first = trust[known:][item[known:] == 0].sum()
    usual = 1100 * NEW / known
    assert new_of_first == pytest.approx(min(1050 * NEW, MOST_TIMES_KNOWN * usual * (known / 2 + 4)), rel=1e-4)


def test_no_events_have_no_trust() -> None:
    no_ids = np.zeros(0, np.int64)
    assert len(trust_events(no_ids, no_ids, np.zeros(0, np.float32), no_ids)) == 0


@pytest.mark.parametrize("is_last_alone", [False, True])
def test_viewers_who_meet_nothing_new_do_not_stop_the_learning(is_last_alone: bool) -> None:
    """Invent viewers whose held-out events are on clips that they had met before, and one with a single event."""
    viewers = 120
    first, again = np.zeros(viewers * 9, np.int64), np.full(viewers * 9, 1000)
    viewer = np.concatenate((np.tile(np.arange(viewers), 9), np.tile(np.arange(viewers), 9)))
    item = np.concatenate((np.repeat(np.arange(9), viewers), np.repeat(np.arange(9), viewers)))
    at = np.concatenate((first, again)) + np.arange(len(viewer)) % 7
    if is_last_alone:
        viewer, item, at = np.append(viewer, viewers), np.append(item, 0), np.append(at, 2000)
    ones = np.ones(len(viewer), np.float32)
    log = EventLog(viewer, item, at, np.full(len(viewer), KINDS.index("watch")), ones, ones > 0)
    assert fit_model(log, Items.of([[0]] * 9, [0] * 9)).weights == Weights()
