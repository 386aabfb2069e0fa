"""The review desk over HTTP: queue, dossier, decisions, locks, undo and bulk decisions."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from creators.models import Slot
from social.models import ReportReason, ReportState
from social.reports import report_subject, settle_report
from tests.conftest import client_of, make_staff
from tests.factories import (
    NOW,
    make_category,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_reason,
    make_waiting_clip,
)
from videos.models import AuditEntry, Clip, Decision, FlagKind, ReviewLock
from videos.review.desk.metrics import read_metrics
from videos.review.flags import raise_flag
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import revise_clip

pytestmark = pytest.mark.django_db
DESK = "/admin/videos/clip/desk/"


def decide(client: Client, clip: Clip, action: str, **fields: Any) -> Any:
    revision = clip.revisions.order_by("number").last()
    assert revision is not None
    body = {"revision": revision.pk, "action": action} | fields
    return client.post(f"{DESK}{clip.code}/decide/", body, headers={"Accept": "application/json"})


def codes(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'desk-row__caption" href="/admin/videos/clip/desk/(\w+)/', page)))


def test_the_queue_lists_reported_clips_first_then_the_oldest(as_moderator: Client) -> None:
    first, second = make_waiting_clip(), make_waiting_clip()
    reported = make_published_clip()
    raise_flag(clip_id=reported.pk, kind=FlagKind.REPORTS, now=NOW)
    assert codes(as_moderator.get(DESK).content.decode()) == [reported.code, first.code, second.code]
    assert codes(as_moderator.get(f"{DESK}?show=rechecks").content.decode()) == [reported.code]


def test_the_queue_takes_a_fixed_number_of_queries(moderator: User, django_assert_num_queries: Any) -> None:
    client = client_of(moderator)
    make_waiting_clip()
    with django_assert_num_queries(10):
        client.get(DESK)
    for _number in range(3):
        make_waiting_clip()
    with django_assert_num_queries(10):
        assert len(codes(client.get(DESK).content.decode())) == 4


def test_opening_a_clip_acquires_its_lock_and_is_audited(as_moderator: Client, moderator: User) -> None:
    clip = make_waiting_clip()
    page = as_moderator.get(f"{DESK}{clip.code}/").content.decode()
    assert clip.caption in page
    assert "@" + clip.creator.handle in page
    assert ReviewLock.objects.get().moderator == moderator
    assert AuditEntry.objects.get().action == "opened"


def test_a_second_moderator_sees_who_has_the_clip_open(as_moderator: Client, moderator: User) -> None:
    clip = make_waiting_clip()
    as_moderator.get(f"{DESK}{clip.code}/")
    other = client_of(make_staff("other@example.com", "videos"))
    assert "moderator@example.com has this clip open" in other.get(f"{DESK}{clip.code}/").content.decode()
    assert other.post(f"{DESK}{clip.code}/lock/").json() == {"locked_by": "moderator@example.com"}
    assert other.get(f"{DESK}next/").headers["Location"] == DESK


def test_prefetching_a_clip_does_not_acquire_its_lock(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    page = as_moderator.get(f"{DESK}{clip.code}/?peek=1").content.decode()
    assert page.lstrip().startswith("<article")
    assert (ReviewLock.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_clips_being_decided_are_not_offered_as_the_next_clip(as_moderator: Client) -> None:
    first, second, third = (make_waiting_clip() for _number in range(3))
    page = as_moderator.get(f"{DESK}{third.code}/?peek={second.code}").content.decode()
    assert f'data-next="{DESK}{first.code}/' in page
    page = as_moderator.get(f"{DESK}{third.code}/?peek={second.code}&peek={first.code}").content.decode()
    assert 'data-next=""' in page


def test_approving_publishes_and_pays(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    answer = decide(as_moderator, clip, "approve")
    assert answer.status_code == 200
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state) == ("published", "earned")


def test_a_rejection_stores_reason_time_and_message(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    assert decide(as_moderator, clip, "reject").status_code == 409
    assert Decision.objects.count() == 0
    answer = decide(as_moderator, clip, "reject", reason=make_reason().code, at_ms=1500, words="Not in view.")
    assert answer.status_code == 200
    decision = Decision.objects.get()
    assert (decision.action, decision.reason, decision.at_ms) == ("reject", make_reason(), 1500)


def test_a_double_click_decides_once(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    assert [decide(as_moderator, clip, "approve").status_code for _click in range(2)] == [200, 409]
    assert Decision.objects.count() == 1


def test_an_unseen_revision_cannot_be_approved(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    seen = clip.revisions.get()
    tags = [TagContent(tag.product_id, tag.start_ms, tag.end_ms) for tag in clip.tags.all()]
    content = ClipContent("Buy my course instead", "review", "mixed", "en", True, "", tags)
    revise_clip(clip_id=clip.pk, content=content, now=NOW)
    answer = decide(as_moderator, clip, "approve", revision=seen.pk)
    assert answer.status_code == 409
    assert "has changed this clip" in answer.json()["detail"]
    assert Clip.objects.published().count() == 0
    page = as_moderator.get(f"{DESK}{clip.code}/").content.decode()
    assert "<ins>Buy my course instead</ins>" in page


def test_a_revision_of_another_clip_is_refused(as_moderator: Client) -> None:
    clip, other = make_waiting_clip(), make_waiting_clip()
    assert decide(as_moderator, clip, "approve", revision=other.revisions.get().pk).status_code == 409
    assert Clip.objects.published().count() == 0


def test_a_decision_can_be_undone_from_the_desk(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    undo = decide(as_moderator, clip, "approve").json()["undo"]
    answer = as_moderator.post(undo, headers={"Accept": "application/json"})
    assert answer.json()["address"] == f"{DESK}{clip.code}/"
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state) == ("in_review", "held")


def test_bulk_decisions_need_a_reason_and_leave_one_record_each(as_moderator: Client) -> None:
    clips = [make_waiting_clip(), make_waiting_clip()]
    body = {"revision": [clip.revisions.get().pk for clip in clips], "action": "reject"}
    as_moderator.post(f"{DESK}bulk/", body)
    assert Decision.objects.count() == 0
    as_moderator.post(f"{DESK}bulk/", body | {"reason": make_reason().pk, "confirmed": "yes"})
    assert sorted(Decision.objects.values_list("clip", flat=True)) == sorted(clip.pk for clip in clips)


def test_moderators_do_not_see_and_cannot_decide_on_their_own_clips(moderator: User) -> None:
    clip = make_waiting_clip(enrolment=make_enrolment(make_creator(user=moderator)))
    client = client_of(moderator)
    assert codes(client.get(DESK).content.decode()) == []
    assert decide(client, clip, "approve").status_code == 409
    clip.refresh_from_db()
    assert clip.state == "in_review"


def test_the_metrics_page_counts_decisions(as_moderator: Client) -> None:
    decide(as_moderator, make_waiting_clip(), "approve")
    make_waiting_clip()
    page = as_moderator.get(f"{DESK}metrics/").content.decode()
    assert "moderator@example.com" in page
    assert "<script" not in page.split("desk-figures")[1]


def test_waiting_clips_are_counted_by_waiting_time() -> None:
    for hours in (1, 7, 8, 30, 100):
        clip = make_waiting_clip()
        Clip.objects.filter(pk=clip.pk).update(submitted_at=NOW - timedelta(hours=hours))
    ages = read_metrics(now=NOW).ages
    assert [(age.label, age.count) for age in ages] == [
        ("under 6 h", 1),
        ("6 to 24 h", 2),
        ("24 to 48 h", 1),
        ("over 48 h", 1),
    ]


def test_filter_options_show_the_number_of_clips(as_moderator: Client) -> None:
    book, lamp = make_product(category=make_category("books")), make_product(category=make_category("lamps"))
    make_waiting_clip(products=[book, lamp], language="he")
    make_waiting_clip(products=[book, make_product()])
    page = as_moderator.get(DESK).content.decode()
    assert re.findall(r"<option[^>]*>([^<]+ \(\d\))</option>", page)[-4:] == [
        "Books (2)",
        "Lamps (1)",
        "English (1)",
        "Hebrew (1)",
    ]
    lamps = as_moderator.get(f"{DESK}?category=lamps").content.decode()
    assert len(codes(lamps)) == 1
    assert '<option value="lamps" selected>Lamps (1)</option>' in lamps


def test_skipping_a_clip_releases_its_lock(as_moderator: Client) -> None:
    clip = make_waiting_clip()
    as_moderator.get(f"{DESK}{clip.code}/")
    other = client_of(make_staff("other@example.com", "videos"))
    other.post(f"{DESK}{clip.code}/lock/", {"left": 1})
    assert ReviewLock.objects.count() == 1
    as_moderator.post(f"{DESK}{clip.code}/lock/", {"left": 1})
    assert ReviewLock.objects.count() == 0


def test_a_bulk_decision_returns_to_the_filtered_queue(as_moderator: Client) -> None:
    answer = as_moderator.post(f"{DESK}bulk/?show=new&language=he", {})
    assert answer["Location"] == f"{DESK}?show=new&language=he"


@pytest.mark.parametrize(
    "address", ["", "metrics/", "next/", "{code}/", "{code}/decide/", "{code}/lock/", "bulk/", "undo/1/"]
)
def test_staff_without_the_review_permission_are_refused(merchant: User, address: str) -> None:
    clip = make_waiting_clip()
    path = DESK + address.format(code=clip.code)
    client = client_of(merchant)
    statuses = {client.get(path).status_code, client.post(path).status_code}
    assert statuses <= {403, 405}
    assert 403 in statuses
    clip.refresh_from_db()
    assert clip.state == "in_review"


def test_records_can_be_viewed_but_not_changed(as_moderator: Client) -> None:
    clip = make_published_clip()
    for model in ("clip", "decision", "auditentry", "job", "appeal", "reason"):
        assert as_moderator.get(f"/admin/videos/{model}/").status_code == 200
    assert as_moderator.post(f"/admin/videos/clip/{clip.pk}/change/", {"state": "removed"}).status_code == 403
    assert as_moderator.post(f"/admin/videos/clip/{clip.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_reports_own_words_stand_at_the_clip(as_moderator: Client, shopper: User) -> None:
    clip, now = make_published_clip(), NOW
    words = "The lamp in this clip is <b>not</b> the lamp that arrived."
    report_subject(user=shopper, subject=clip, reason=ReportReason.MISLEADING, words=words, now=now)
    report_subject(user=None, subject=clip, reason=ReportReason.STOLEN, words="", now=now)
    page = as_moderator.get(f"{DESK}{clip.code}/").content.decode()
    assert "The lamp in this clip is &lt;b&gt;not&lt;/b&gt; the lamp that arrived." in page
    assert "Misleading claims" in page
    assert "not signed in" in page
    settle_report(report_id=clip.reports.get(user=shopper).pk, state=ReportState.DISMISSED, now=now)
    assert "the lamp that arrived" not in as_moderator.get(f"{DESK}{clip.code}/").content.decode()


def test_decided_clip_shows_the_decision_instead_of_the_form(as_moderator: Client, moderator: User) -> None:
    clip = make_waiting_clip()
    address = f"/admin/videos/clip/desk/{clip.code}/"
    page = as_moderator.get(address).content.decode()
    assert "data-desk-form" in page and "due " in page
    decide(as_moderator, clip, "reject", reason=make_reason().code, at_ms=1500, words="Not in view.")
    page = as_moderator.get(address).content.decode()
    assert "data-desk-form" not in page and ">due " not in page and 'value="reject"' not in page
    [section] = re.findall(r'<section class="desk-decide".*?</section>', page, re.DOTALL)
    for fact in ("Rejected", str(moderator), str(make_reason()), "Not in view."):
        assert fact in section
    assert Decision.objects.count() == 1
