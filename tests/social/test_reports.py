"""Reports on clips, products and creators: one each, with a given reason, settled by decisions, answered by email."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from creators.models import Creator
from social.models import REASONS_FOR, Hidden, Report, ReportReason
from social.reports import notify_reporters, report_subject, settle_reports_by_decisions
from social.tasks import answer_reports
from tests.factories import NOW, make_category, make_product, make_published_clip, make_reason, make_user
from tests.feed.watching import make_watchable_clip
from videos.models import Clip, DecisionAction, Flag
from videos.review.decisions import decide

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(minutes=2)


def send(client: Client, address: str, **values: str) -> HttpResponse:
    """Post JSON to the API and a form to a page."""
    if address.startswith("/api/"):
        return client.post(address, values, content_type="application/json")
    return client.post(address, values)


@pytest.mark.parametrize(
    ("address", "reason", "subject"),
    [
        ("/api/v1/products/mug/report/", "fake", "product"),
        ("/api/v1/creators/maya/report/", "pretender", "creator"),
        ("/report/product/mug/", "fake", "product"),
        ("/report/creator/maya/", "pretender", "creator"),
    ],
)
def test_products_and_creators_are_reported_once_while_open(
    as_shopper: Client, creator: Creator, address: str, reason: str, subject: str
) -> None:
    make_product("mug")
    for _time in range(2):
        assert send(as_shopper, address, reason=reason, words="Look").status_code in (202, 302)
    row = Report.objects.get()
    assert (row.reason, row.words, row.subject._meta.model_name) == (reason, "Look", subject)
    assert Flag.objects.count() == 0


@pytest.mark.parametrize("address", ["/api/v1/products/mug/report/", "/report/product/mug/"])
def test_reason_for_another_kind_is_refused(as_shopper: Client, address: str) -> None:
    make_product("mug")
    assert send(as_shopper, address, reason="pretender").status_code in (400, 422)
    assert not Report.objects.exists()


def test_invisible_subjects_cannot_be_reported(client: Client) -> None:
    make_product("wine", category=make_category("wine", is_age_restricted=True))
    for address in ("/api/v1/products/wine/report/", "/report/product/wine/", "/report/creator/nobody/"):
        assert client.post(address, {"reason": "other"}).status_code == 404
    assert not Report.objects.exists()


def test_report_has_exactly_one_subject(creator: Creator) -> None:
    for subjects in ({}, {"creator": creator, "product": make_product()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(reason="other", created_at=NOW, **subjects)


def test_report_page_returns_to_the_clip(client: Client) -> None:
    clip = make_published_clip()
    page = client.get(f"/report/clip/{clip.code}/").content.decode()
    assert all(reason.value in page for reason in REASONS_FOR["clip"])
    assert client.post(f"/report/clip/{clip.code}/", {"reason": "dangerous"})["Location"] == f"/c/{clip.code}/"
    assert Flag.objects.get().weight == 1


def test_clip_page_links_to_the_report_page(client: Client) -> None:
    clip = make_watchable_clip()
    assert f'href="/report/clip/{clip.code}/"' in client.get(f"/c/{clip.code}/").content.decode()


def test_feed_offers_every_reason_for_a_clip(client: Client) -> None:
    page = client.get("/").content.decode()
    assert [reason for reason in REASONS_FOR["clip"] if f'data-report="{reason}"' not in page] == []


def complain(clip: Clip, user: User | None) -> None:
    report_subject(user=user, subject=clip, reason=ReportReason.DANGEROUS, words="", now=NOW)


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [
        (DecisionAction.REMOVE, "upheld", "A moderator agreed with you"),
        (DecisionAction.APPROVE, "dismissed", "does not break our rules"),
    ],
)
def test_decision_settles_reports_and_the_reporter_is_emailed(
    as_shopper: Client, shopper: User, moderator: User, action: DecisionAction, state: str, words: str
) -> None:
    clip = make_published_clip(caption="A steep ladder")
    complain(clip, shopper)
    complain(clip, None)
    reason = make_reason() if action == DecisionAction.REMOVE else None
    decide(revision=clip.revisions.get(), moderator=moderator, action=action, reason=reason, now=NOW + SECOND)
    assert settle_reports_by_decisions(now=NOW + timedelta(seconds=30)) == 0
    assert settle_reports_by_decisions(now=LATER) == 2
    assert set(Report.objects.values_list("state", flat=True)) == {state}
    assert (notify_reporters(now=LATER), notify_reporters(now=LATER)) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, "A steep ladder" in sent.body, words in sent.body) == ([shopper.email], True, True)
    badge = {"upheld": "Action taken", "dismissed": "No violation found"}[state]
    assert badge in as_shopper.get("/reports/").content.decode()


def test_decision_before_the_report_settles_nothing(shopper: User) -> None:
    clip = make_published_clip(now=NOW - timedelta(hours=1))
    complain(clip, shopper)
    answer_reports()
    assert Report.objects.get().state == "open"
    assert mail.outbox == []


def test_anonymous_reports_cannot_hide_a_clip() -> None:
    clip = make_published_clip()
    for _time in range(30):
        complain(clip, None)
    assert Flag.objects.get().weight == 3
    assert Clip.objects.published().count() == 1


def test_not_interested_is_not_a_report(as_shopper: Client) -> None:
    clip = make_published_clip()
    as_shopper.post(f"/api/v1/clips/{clip.code}/not-interested/")
    assert (Hidden.objects.count(), Report.objects.count(), Flag.objects.count()) == (1, 0, 0)


def test_reports_are_visible_only_to_their_reporter(as_stranger: Client, client: Client) -> None:
    complain(make_published_clip(caption="A steep ladder"), make_user())
    assert "A steep ladder" not in as_stranger.get("/reports/").content.decode()
    assert client.get("/reports/").status_code == 302
