"""API of likes, saves, follows and reports: idempotent, reversible, and only for published clips."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from social.models import Follow, Hidden, Like, Report, ReportState, Save
from social.reports import settle_report
from tests.factories import make_waiting_clip
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("verb", "model"), [("like", Like), ("save", Save), ("not-interested", Hidden)])
def test_mark_is_set_once_and_removed(as_shopper: Client, shopper: User, verb: str, model: type[Like]) -> None:
    clip = make_watchable_clip()
    url = f"/api/v1/clips/{clip.code}/{verb}/"
    assert [as_shopper.post(url).status_code for _time in range(2)] == [204, 204]
    assert model.objects.get().user == shopper
    assert [as_shopper.delete(url).status_code for _time in range(2)] == [204, 204]
    assert not model.objects.exists()


def test_follow_is_set_once_and_removed(as_shopper: Client) -> None:
    clip = make_watchable_clip()
    url = f"/api/v1/creators/{clip.creator.handle}/follow/"
    assert [as_shopper.post(url).status_code for _time in range(2)] == [204, 204]
    assert Follow.objects.get().creator == clip.creator
    as_shopper.get("/")
    assert as_shopper.get("/api/v1/feed/").json()["clips"][0]["creator"]["is_followed"]
    assert as_shopper.delete(url).status_code == 204
    assert not Follow.objects.exists()


def test_unpublished_clip_cannot_be_marked(as_shopper: Client) -> None:
    clip = make_waiting_clip()
    for verb in ("like", "save", "share", "not-interested"):
        assert as_shopper.post(f"/api/v1/clips/{clip.code}/{verb}/").status_code == 404
    assert as_shopper.post(f"/api/v1/clips/{clip.code}/report/", {"reason": "other"}).status_code == 404
    assert not Like.objects.exists() and not Report.objects.exists()


def test_unknown_verb_does_not_exist(as_shopper: Client) -> None:
    assert as_shopper.post(f"/api/v1/clips/{make_watchable_clip().code}/adore/").status_code == 404


def test_hidden_clip_is_not_shown_until_it_is_unhidden(client: Client) -> None:
    clip = make_watchable_clip()
    url = f"/api/v1/clips/{clip.code}/not-interested/"
    client.post(url)
    assert client.get("/api/v1/feed/").json()["clips"] == []
    client.delete(url)
    assert len(client.get("/api/v1/feed/").json()["clips"]) == 1


def test_report_is_saved_once_while_open(as_shopper: Client) -> None:
    clip = make_watchable_clip()
    url = f"/api/v1/clips/{clip.code}/report/"
    for _time in range(2):
        assert (
            as_shopper.post(url, {"reason": "dangerous", "words": "Do not try"}, "application/json").status_code == 202
        )
    report = Report.objects.get()
    assert (report.clip, report.state, report.words) == (clip, ReportState.OPEN, "Do not try")
    assert settle_report(report_id=report.pk, state=ReportState.DISMISSED, now=timezone.now())
    assert not settle_report(report_id=report.pk, state=ReportState.UPHELD, now=timezone.now())


def test_report_without_a_known_reason_is_refused(as_shopper: Client) -> None:
    url = f"/api/v1/clips/{make_watchable_clip().code}/report/"
    response = as_shopper.post(url, {"reason": "boring"}, "application/json")
    assert response.status_code == 400 and "reason" in response.json()
    assert not Report.objects.exists()
