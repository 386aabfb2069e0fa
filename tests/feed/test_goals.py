"""What the ranking is for: weighed by staff, with a preview."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feed.events.recording import Report, record
from feed.models import EventKind, Goal
from feed.page.cache import forget_everything
from feed.page.snapshot import DEFAULT_GOALS
from feed.training import rebuild
from tests.conftest import client_of, make_staff
from tests.feed.watching import make_watchable_clip
from videos.playback.impressions import Serving, issue_token

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/feed/goal/weigh/"


@pytest.fixture
def as_editor() -> Client:
    return client_of(make_staff("editor@example.com", "feed"))


def weights(**changed: float) -> dict[str, float]:
    return {kind.name: weight for kind, weight in DEFAULT_GOALS.items()} | changed


def test_preview_shows_what_would_rise_and_keeps_nothing(as_editor: Client) -> None:
    watched, bought = make_watchable_clip(caption="Watched to the end"), make_watchable_clip(caption="Bought at once")
    now = timezone.now()
    for person in range(60):
        viewer, at = uuid.uuid4(), now - timedelta(hours=1, minutes=person)
        both = (watched, EventKind.WATCH, 8000), (bought, EventKind.PURCHASE, 1)
        for clip, kind, value in both:
            token = issue_token(Serving(viewer, clip.pk, at, 0, ""))
            seen = Report(token, EventKind.WATCH, 8000 if clip == watched or person % 2 else 10)
            record([seen, Report(token, kind, value)], now=at + timedelta(seconds=30))
    rebuild(now=now)
    forget_everything()
    nothing = dict.fromkeys(weights(), 0.0)
    for goal, first in (("WATCH", watched), ("PURCHASE", bought)):
        html = as_editor.post(ADDRESS, nothing | {goal: 1.0, "preview": "1"}).content.decode()
        captions = sorted((clip.caption for clip in (watched, bought)), key=html.index)
        assert captions[0] == first.caption
    assert not Goal.objects.exists()


def test_weights_are_kept_when_told_so(as_editor: Client) -> None:
    make_watchable_clip()
    assert as_editor.post(ADDRESS, weights(PURCHASE=9.0) | {"keep": "1"}).status_code == 302
    assert Goal.objects.get(kind=EventKind.PURCHASE).weight == 9.0


@pytest.mark.parametrize("changed", [{"WATCH": -1.0}, dict.fromkeys(weights(), 0.0), {"LIKE": "much"}])
def test_weights_that_make_no_sense_are_refused(as_editor: Client, changed: dict[str, float]) -> None:
    answer = as_editor.post(ADDRESS, weights() | changed | {"keep": "1"})
    assert answer.status_code == 200 and "errorlist" in answer.content.decode()
    assert not Goal.objects.exists()


def test_only_staff_who_may_change_goals_weigh_them(merchant: User, as_shopper: Client) -> None:
    assert client_of(merchant).post(ADDRESS, weights() | {"keep": "1"}).status_code == 403
    assert as_shopper.post(ADDRESS, weights() | {"keep": "1"}).status_code == 302
    assert not Goal.objects.exists()
