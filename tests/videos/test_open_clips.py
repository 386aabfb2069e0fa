"""A creator's open clips in a campaign are limited, and what comes to nothing gives its slot back."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Campaign, Creator, Enrolment, Slot, WaitlistEntry
from tests.factories import NOW, make_campaign, make_creator, make_draft, make_enrolment, make_reason
from tests.html_forms import read_form
from videos.models import Clip, DecisionAction, Job
from videos.pipeline.job_states import claim_job, fail_job, retry_failed_job
from videos.review.appeals import appeal_decision
from videos.review.decisions import decide
from videos.studio.submission import submit_clip, withdraw_clip
from videos.studio.waitlist import serve_waitlists

pytestmark = pytest.mark.django_db
FULL = "2 of your clips are open in this campaign, which is as many as can be at a time."


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(open_clips_cap=2)


@pytest.fixture
def enrolment(creator: Creator, campaign: Campaign) -> Enrolment:
    return make_enrolment(creator, campaign)


def draft_in(enrolment: Enrolment, *, is_ready: bool = True) -> Clip:
    return make_draft(enrolment=enrolment, is_ready=is_ready)


def submitted_in(enrolment: Enrolment, *, is_ready: bool = True) -> Clip:
    return submit_clip(clip_id=draft_in(enrolment, is_ready=is_ready).pk, now=NOW)


def counts(enrolment: Enrolment) -> tuple[int, int, int]:
    """Return the creator's held slots, the campaign's taken slots, and how many clips wait for a slot."""
    enrolment.refresh_from_db()
    campaign = Campaign.objects.get(pk=enrolment.campaign_id)
    return enrolment.held_count, campaign.taken_count, WaitlistEntry.objects.waiting().count()


def fail_file_of(clip: Clip) -> Job:
    job = Job.objects.get(source=clip.source)
    claim = claim_job(job_id=job.pk, now=NOW)
    assert claim and fail_job(claim, code="not_a_video", text="This file is not a video.", now=NOW)
    clip.refresh_from_db()
    return job


def test_the_next_clip_is_refused_with_a_sentence_stays_a_draft_and_follows_a_withdrawal(
    as_creator: Client, enrolment: Enrolment
) -> None:
    first, _second, third = submitted_in(enrolment), submitted_in(enrolment), draft_in(enrolment)
    answer = as_creator.post(f"/api/v1/clips/{third.code}/submit/")
    assert answer.status_code == 422
    [sentence] = answer.json()["campaign"]
    assert sentence.startswith(FULL) and "or withdraw a clip." in sentence
    third.refresh_from_db()
    assert (third.state, *counts(enrolment)) == ("draft", 2, 2, 0)
    withdraw_clip(clip_id=first.pk, now=NOW)
    assert as_creator.post(f"/api/v1/clips/{third.code}/submit/").json()["state"] == "in_review"
    assert counts(enrolment) == (2, 2, 0)


def test_the_upload_form_names_the_limit(as_creator: Client, enrolment: Enrolment) -> None:
    submitted_in(enrolment), submitted_in(enrolment)
    third = draft_in(enrolment)
    address = f"/studio/clips/{third.code}/edit/"
    form = read_form(as_creator.get(address).content.decode())
    page = as_creator.post(address, form | {"submit": "1", "action": "submit"})
    assert FULL in page.content.decode()
    assert counts(enrolment) == (2, 2, 0)


def test_other_creators_are_not_limited_by_it(enrolment: Enrolment, campaign: Campaign) -> None:
    submitted_in(enrolment), submitted_in(enrolment)
    assert submitted_in(make_enrolment(make_creator(), campaign)).state == "in_review"
    assert counts(enrolment) == (2, 3, 0)


def test_a_decided_clip_is_no_longer_open(as_creator: Client, enrolment: Enrolment, moderator: User) -> None:
    first, second = submitted_in(enrolment), submitted_in(enrolment)
    decide(revision=first.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    decide(
        revision=second.revisions.get(),
        moderator=moderator,
        action=DecisionAction.REJECT,
        reason=make_reason(),
        now=NOW,
    )
    assert counts(enrolment) == (0, 1, 0)
    submitted_in(enrolment), submitted_in(enrolment)
    third = draft_in(enrolment)
    assert as_creator.post(f"/api/v1/clips/{third.code}/submit/").status_code == 422
    assert counts(enrolment) == (2, 3, 0)


def test_an_appeal_is_not_refused_because_of_other_open_clips(enrolment: Enrolment, moderator: User) -> None:
    rejected = submitted_in(enrolment)
    decide(
        revision=rejected.revisions.get(),
        moderator=moderator,
        action=DecisionAction.REJECT,
        reason=make_reason(),
        now=NOW,
    )
    submitted_in(enrolment), submitted_in(enrolment)
    appeal_decision(clip_id=rejected.pk, words="Look again.", now=timezone.now())
    rejected.refresh_from_db()
    assert (rejected.state, *counts(enrolment)) == ("appealed", 3, 3, 0)


def test_junk_files_give_their_slots_back(as_creator: Client, enrolment: Enrolment) -> None:
    for _index in range(5):
        clip = submitted_in(enrolment, is_ready=False)
        fail_file_of(clip)
        assert clip.state == "failed"
    assert counts(enrolment) == (0, 0, 0)
    assert set(Slot.objects.values_list("state", "reason")) == {("released", "failed")}
    assert "This file is not a video." in as_creator.get(f"/studio/clips/{clip.code}/").content.decode()


def test_a_retried_file_gets_a_slot_again_or_leaves_a_draft(enrolment: Enrolment) -> None:
    clip, late = submitted_in(enrolment, is_ready=False), submitted_in(enrolment, is_ready=False)
    jobs = [fail_file_of(clip), fail_file_of(late)]
    Campaign.objects.update(clips_cap=1)
    assert all(retry_failed_job(job_id=job.pk, now=NOW) for job in jobs)
    clip.refresh_from_db()
    late.refresh_from_db()
    assert (clip.state, late.state) == ("uploaded", "draft")
    assert counts(enrolment) == (1, 1, 0)


def test_a_full_campaigns_waitlist_counts_as_open(as_creator: Client, enrolment: Enrolment) -> None:
    other = make_enrolment(make_creator(), enrolment.campaign)
    submitted_in(other)
    Campaign.objects.update(clips_cap=1)
    clips = [draft_in(enrolment) for _index in range(3)]
    answers = [as_creator.post(f"/api/v1/clips/{clip.code}/submit/").json()["campaign"] for clip in clips]
    assert ["waitlist" in answer[-1] for answer in answers] == [True, True, False]
    assert answers[2][0].startswith(FULL)
    assert "number 1 on the waitlist" in as_creator.post(f"/api/v1/clips/{clips[0].code}/submit/").json()["campaign"][1]
    assert counts(enrolment) == (0, 1, 2)


def test_a_creator_at_the_limit_holds_up_nobody_on_the_waitlist(enrolment: Enrolment, campaign: Campaign) -> None:
    Campaign.objects.update(clips_cap=2, open_clips_cap=3)
    submitted_in(enrolment)
    other = make_enrolment(make_creator(), campaign)
    submitted_in(other)
    for entry in (enrolment, enrolment, other):
        clip = draft_in(entry)
        with pytest.raises(Exception, match="waitlist"):
            submit_clip(clip_id=clip.pk, now=NOW)
    Campaign.objects.update(clips_cap=9, open_clips_cap=1)
    assert serve_waitlists(now=NOW) == 0
    Campaign.objects.update(open_clips_cap=2)
    assert serve_waitlists(now=NOW) == 2
    assert (counts(enrolment)[0], counts(other)[0]) == (2, 2)


@pytest.mark.parametrize(("text", "saved"), [("3", 3), ("0", 2), ("-1", 2), ("", 2), ("x", 2)])
def test_staff_set_the_limit_in_the_campaigns_form(
    admin_client: Client, campaign: Campaign, text: str, saved: int
) -> None:
    address = f"/admin/creators/campaign/{campaign.pk}/change/"
    form = read_form(admin_client.get(address).content.decode())
    assert form["open_clips_cap"] == "2"
    answer = admin_client.post(address, form | {"open_clips_cap": text})
    assert answer.status_code == (302 if saved == 3 else 200)
    campaign.refresh_from_db()
    assert campaign.open_clips_cap == saved
    assert Campaign._meta.get_field("open_clips_cap").default == 20


def test_creators_read_the_limit_before_they_film(as_creator: Client, campaign: Campaign) -> None:
    page = " ".join(as_creator.get("/studio/campaigns/").content.decode().split())
    assert "At most 2 clips of yours can wait for a decision or for changes at a time." in page
    [shown] = as_creator.get("/api/v1/campaigns/").json()["results"]
    assert shown["open_clips_cap"] == 2
