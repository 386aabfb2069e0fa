"""The goals of the ranking: set by staff, with a preview."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feed.events.recording import EventReport, record_events
from feed.models import EventKind, Goal
from feed.page.cache import clear_caches
from feed.page.snapshot import DEFAULT_GOALS
from feed.training import train_model
from tests.conftest import client_of, make_staff
from tests.feed.watching import make_watchable_clip
from videos.playback.impressions import Serving, issue_token

pytestmark = pytest.mark.django_db
URL = "/admin/feed/goal/weigh/"


@pytest.fixture
def as_editor() -> Client:
    return client_of(make_staff("editor@example.com", "feed"))


def weights(**changed: float) -> dict[str, float]:
    return {kind.name: weight for kind, weight in DEFAULT_GOALS.items()} | changed


def test_preview_shows_what_would_rise_and_saves_nothing(as_editor: Client) -> None:
    watched, bought = make_watchable_clip(caption="Watched to the end"), make_watchable_clip(caption="Bought at once")
    now = timezone.now()
    for person in range(60):
        viewer, at = uuid.uuid4(), now - timedelta(hours=1, minutes=person)
        events = (watched, EventKind.WATCH, 8000), (bought, EventKind.PURCHASE, 1)
        for clip, kind, value in events:
            token = issue_token(Serving(viewer, clip.pk, at, 0, ""))
            watch = EventReport(token, EventKind.WATCH, 8000 if clip == watched or person % 2 else 10)
            record_events([watch, EventReport(token, kind, value)], now=at + timedelta(seconds=30))
    train_model(now=now)
    clear_caches()
    zeros = dict.fromkeys(weights(), 0.0)
    for goal, first in (("WATCH", watched), ("PURCHASE", bought)):
        html = as_editor.post(URL, zeros | {goal: 1.0, "preview": "1"}).content.decode()
        captions = sorted((clip.caption for clip in (watched, bought)), key=html.index)
        assert captions[0] == first.caption
    assert not Goal.objects.exists()


def test_keep_saves_the_weights(as_editor: Client) -> None:
    make_watchable_clip()
    assert as_editor.post(URL, weights(PURCHASE=9.0) | {"keep": "1"}).status_code == 302
    assert Goal.objects.get(kind=EventKind.PURCHASE).weight == 9.0


@pytest.mark.parametrize("changed", [{"WATCH": -1.0}, dict.fromkeys(weights(), 0.0), {"LIKE": "much"}])
def test_invalid_weights_are_refused(as_editor: Client, changed: dict[str, float]) -> None:
    response = as_editor.post(URL, weights() | changed | {"keep": "1"})
    assert response.status_code == 200 and "errorlist" in response.content.decode()
    assert not Goal.objects.exists()


def test_only_staff_who_may_change_goals_set_them(merchant: User, as_shopper: Client) -> None:
    assert client_of(merchant).post(URL, weights() | {"keep": "1"}).status_code == 403
    assert as_shopper.post(URL, weights() | {"keep": "1"}).status_code == 302
    assert not Goal.objects.exists()
