"""Staff suspend creators: no new clips through any door, slots and pay, sessions, the email, and how it is undone."""

import base64
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator, Slot, SlotReason, Suspension, WaitlistEntry
from creators.waitlist import join_waitlist
from feedsite.suspensions import lift_suspension, suspend_creator
from payouts.fraud import release_hold
from payouts.models import Hold
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_campaign,
    make_creator,
    make_draft,
    make_enrolment,
    make_published_clip,
    make_reason,
    make_user,
    make_waiting_clip,
)
from videos.models import Appeal, Clip, DecisionAction, Upload
from videos.review.appeals import appeal_decision
from videos.review.decisions import decide
from videos.studio.waitlist import serve_waitlists

pytestmark = pytest.mark.django_db
REASON = "You filmed somebody else's clips."
CREATORS = "/admin/creators/creator/"


def make_staff(role: str) -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def moderator(db: None) -> User:
    return make_staff("Moderator")


@pytest.fixture
def creator(db: None) -> Creator:
    return make_creator("maya")


def suspend(creator: Creator, by: User, *, hides_clips: bool = True, is_for_fraud: bool = False) -> Suspension:
    return suspend_creator(
        creator=creator, reason=REASON, hides_clips=hides_clips, is_for_fraud=is_for_fraud, by=by, now=timezone.now()
    )


def lift(creator: Creator, by: User) -> None:
    lift_suspension(creator=creator, by=by, now=timezone.now())


def state_of(clip: Clip) -> str:
    return Clip.objects.get(pk=clip.pk).state


def post_form(client: Client, creator: Creator, **fields: str) -> Any:
    return client.post(f"{CREATORS}{creator.pk}/suspend/", fields)


def test_moderator_suspends_on_a_page_that_asks_first(creator: Creator, moderator: User) -> None:
    published, waiting = make_published_clip(creator), make_waiting_clip(creator)
    client, own = client_of(moderator), client_of(creator.user)
    assert f"{CREATORS}{creator.pk}/suspend/" in client.get(f"{CREATORS}{creator.pk}/change/").content.decode()
    page = client.get(f"{CREATORS}{creator.pk}/suspend/").content.decode()
    assert "1 clip is published." in page
    assert "1 clip waits" in page
    assert own.get("/studio/").status_code == 200

    answer = post_form(client, creator, reason=REASON, clips="hide")
    assert answer.status_code == 302
    suspension = Suspension.objects.get()
    assert (suspension.creator, suspension.suspended_by, suspension.reason) == (creator, moderator, REASON)
    assert not Clip.objects.published().filter(pk=published.pk).exists()
    assert (state_of(published), state_of(waiting)) == ("published", "draft")
    assert own.get("/studio/").status_code == 302, "All sessions end."
    assert REASON in mail.outbox[-1].body
    assert mail.outbox[-1].to == [creator.user.email]
    assert REASON in str(LogEntry.objects.latest("pk").change_message)
    page = client.get(f"{CREATORS}{creator.pk}/change/").content.decode()
    assert REASON in page.replace("&#x27;", "'")
    assert "Lift suspension" in page


def test_refused_form_keeps_what_was_typed_and_changes_nothing(creator: Creator, moderator: User) -> None:
    answer = post_form(client_of(moderator), creator, reason=" ", is_for_fraud="on")
    assert answer.status_code == 422
    assert answer.content.decode().count("This field is required.") == 2
    assert "checked" in answer.content.decode()
    assert not Suspension.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("role", ["Campaign manager", "Finance", "Catalogue manager"])
def test_other_roles_may_not_suspend(creator: Creator, role: str) -> None:
    client = client_of(make_staff(role))
    assert post_form(client, creator, reason=REASON, clips="hide").status_code == 403
    assert client.post(f"{CREATORS}{creator.pk}/lift/").status_code == 403
    assert not Suspension.objects.exists()


def test_nobody_suspends_or_frees_themselves(moderator: User) -> None:
    own = make_creator(user=moderator)
    client = client_of(moderator)
    assert post_form(client, own, reason=REASON, clips="hide").status_code == 403
    suspend(own, make_staff("Administrator"))
    assert client_of(User.objects.get(pk=moderator.pk)).post(f"{CREATORS}{own.pk}/lift/").status_code == 403
    assert Suspension.objects.active().count() == 1


def open_doors(client: Client, clips: dict[str, Clip], campaign_slug: str) -> dict[str, Any]:
    """Try everything that brings in a clip, and return the answers by door."""
    draft, rejected, published = clips["draft"], clips["rejected"], clips["published"]
    name = base64.b64encode(b"a.mp4").decode()
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "100", "Upload-Metadata": f"filename {name}"}
    return {
        "form": client.post("/studio/upload/", {"code": "abcdefghjk", "caption": "New"}),
        "edit form": client.post(f"/studio/clips/{draft.code}/edit/", {"caption": "New"}),
        "tus": client.post("/api/v1/uploads/", headers=tus),
        "API create": client.post("/api/v1/clips/", {"caption": "New"}, "application/json"),
        "API change": client.patch(f"/api/v1/clips/{draft.code}/", {"caption": "New"}, "application/json"),
        "API change of a published clip": client.patch(
            f"/api/v1/clips/{published.code}/", {"caption": "New"}, "application/json"
        ),
        "API submit": client.post(f"/api/v1/clips/{draft.code}/submit/"),
        "API appeal": client.post(f"/api/v1/clips/{rejected.code}/appeal/", {"words": "No"}, "application/json"),
        "appeal form": client.post(f"/studio/clips/{rejected.code}/appeal/", {"words": "No"}),
        "API join": client.post(f"/api/v1/campaigns/{campaign_slug}/enrol/", {"terms_version": 1}, "application/json"),
        "join form": client.post(f"/studio/campaigns/{campaign_slug}/enrol/", {"terms_version": 1}),
    }


def test_every_door_refuses_with_the_reason_and_changes_nothing(creator: Creator, moderator: User) -> None:
    clips = {"draft": make_draft(creator), "published": make_published_clip(creator)}
    clips["rejected"] = make_waiting_clip(creator)
    revision = clips["rejected"].revisions.get()
    decide(revision=revision, moderator=moderator, action=DecisionAction.REJECT, reason=make_reason(), now=NOW)
    campaign = make_campaign()
    suspend(creator, moderator, hides_clips=False)
    before = list(Clip.objects.order_by("pk").values("pk", "state", "caption"))
    answers = open_doors(client_of(User.objects.get(pk=creator.user_id)), clips, campaign.slug)
    assert {door: answer.status_code for door, answer in answers.items()} == dict.fromkeys(answers, 403)
    for door, answer in answers.items():
        words = answer.json()["detail"] if door.startswith(("API", "tus")) else answer.content.decode()
        assert REASON in words.replace("&#x27;", "'"), door
    assert list(Clip.objects.order_by("pk").values("pk", "state", "caption")) == before
    assert (Upload.objects.count(), Appeal.objects.count(), campaign.enrolments.count()) == (0, 0, 0)
    assert not Slot.objects.held().exists()


def test_moderators_cannot_approve_a_clip_of_a_suspended_creator(creator: Creator, moderator: User) -> None:
    clip = make_waiting_clip(creator)
    suspend(creator, moderator)
    Clip.objects.filter(pk=clip.pk).update(state="in_review")  # as if it had slipped through
    body = {"revision": clip.revisions.get().pk, "action": "approve"}
    answer = client_of(moderator).post(f"/admin/videos/clip/desk/{clip.code}/decide/", body, follow=True)
    assert "suspended" in answer.content.decode()
    assert state_of(clip) == "in_review"


def test_held_slots_are_released_and_earned_ones_stay(creator: Creator, moderator: User) -> None:
    enrolment = make_enrolment(creator)
    make_published_clip(None, enrolment)
    waiting = make_waiting_clip(None, enrolment)
    suspend(creator, moderator)
    enrolment.refresh_from_db()
    enrolment.campaign.refresh_from_db()
    assert (enrolment.held_count, enrolment.earned_count, enrolment.campaign.taken_count) == (0, 1, 1)
    assert Slot.objects.get(clip_code=waiting.code).reason == SlotReason.SUSPENDED


def test_lifting_restores_clips_slots_and_places(creator: Creator, moderator: User) -> None:
    enrolment = make_enrolment(creator)
    published, waiting = make_published_clip(None, enrolment), make_waiting_clip(None, enrolment)
    asked, appealed = make_waiting_clip(None, enrolment), make_waiting_clip(None, enrolment)
    queued, processing = make_draft(None, enrolment), make_waiting_clip(None, enrolment, is_ready=False)
    for clip, action in ((asked, DecisionAction.REQUEST_CHANGES), (appealed, DecisionAction.REJECT)):
        decide(revision=clip.revisions.get(), moderator=moderator, action=action, reason=make_reason(), now=NOW)
    appeal_decision(clip_id=appealed.pk, words="No", now=NOW)
    join_waitlist(enrolment=enrolment, clip_code=queued.code, now=NOW)
    columns = ("pk", "state", "submitted_at", "is_hidden")
    before = list(Clip.objects.order_by("pk").values(*columns))
    enrolment.refresh_from_db()
    counts = (enrolment.held_count, enrolment.earned_count)
    assert state_of(processing) == "uploaded"

    suspend(creator, moderator, is_for_fraud=True)
    assert not WaitlistEntry.objects.waiting().exists()
    assert not Clip.objects.published().exists()
    assert {state_of(clip) for clip in (waiting, asked, queued, processing)} == {"draft"}
    answer = client_of(moderator).post(f"{CREATORS}{creator.pk}/lift/", follow=True)
    assert "4 clips went back to where they were." in answer.content.decode()

    assert list(Clip.objects.order_by("pk").values(*columns)) == before
    enrolment.refresh_from_db()
    assert (enrolment.held_count, enrolment.earned_count) == counts
    assert [entry.clip_code for entry in WaitlistEntry.objects.waiting()] == [queued.code]
    assert Clip.objects.published().get() == published
    assert not Hold.objects.active().exists()
    suspension = Suspension.objects.get()
    assert (suspension.lifted_by, suspension.lifted_at is None) == (moderator, False)
    assert "lifted" in mail.outbox[-1].body
    assert LogEntry.objects.count() == 2


def test_clip_without_a_free_slot_stays_a_draft_and_the_creator_is_told(creator: Creator, moderator: User) -> None:
    campaign = make_campaign(clips_cap=1)
    clip = make_waiting_clip(None, make_enrolment(creator, campaign))
    suspend(creator, moderator)
    make_waiting_clip(None, make_enrolment(None, campaign))
    lift(creator, moderator)
    assert state_of(clip) == "draft"
    assert "1 clip that was waiting for a decision is a draft now" in mail.outbox[-1].body


def test_waitlists_do_not_submit_clips_of_suspended_creators(creator: Creator, moderator: User) -> None:
    clip = make_draft(creator)
    assert clip.enrolment is not None
    suspend(creator, moderator)
    join_waitlist(enrolment=clip.enrolment, clip_code=clip.code, now=NOW)  # as if it had slipped through
    assert serve_waitlists(now=timezone.now()) == 0
    assert state_of(clip) == "draft"


@pytest.mark.parametrize("is_for_fraud", [True, False])
def test_pay_is_held_for_fraud_only(creator: Creator, moderator: User, *, is_for_fraud: bool) -> None:
    suspend(creator, moderator, hides_clips=False, is_for_fraud=is_for_fraud)
    assert Hold.objects.active().filter(creator=creator).exists() == is_for_fraud
    if is_for_fraud:
        page = client_of(make_staff("Finance")).get(f"/admin/payouts/hold/{Hold.objects.get().pk}/change/")
        assert REASON in page.content.decode().replace("&#x27;", "'")


def test_hold_that_finance_released_stays_theirs(creator: Creator, moderator: User) -> None:
    suspend(creator, moderator, is_for_fraud=True)
    finance = make_staff("Finance")
    release_hold(hold=Hold.objects.get(), released_by=finance, reason="Looked into it.", now=NOW)
    lift(creator, moderator)
    assert (Hold.objects.get().released_by, Hold.objects.get().release_reason) == (finance, "Looked into it.")


def test_second_suspension_and_second_lift_change_nothing(creator: Creator, moderator: User) -> None:
    client = client_of(moderator)
    suspend(creator, moderator)
    post_form(client, creator, reason="Again", clips="keep")
    assert Suspension.objects.get().reason == REASON
    lift(creator, moderator)
    sent = len(mail.outbox)
    assert client.post(f"{CREATORS}{creator.pk}/lift/").status_code == 302
    assert len(mail.outbox) == sent
