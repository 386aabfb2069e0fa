"""The states of a clip from submission to publication, withdrawal or failure, with its slot."""

import pytest

from accounts.models import User
from creators.models import Slot
from tests.factories import NOW, make_campaign, make_draft, make_enrolment, make_reason, make_source, make_waiting_clip
from videos.models import Clip, Decision, DecisionAction, Job
from videos.pipeline.job_states import claim_job, fail_job, finish_job
from videos.review.decisions import DecisionRefused, decide
from videos.studio.submission import Incomplete, NotSubmittable, submit_clip, withdraw_clip

pytestmark = pytest.mark.django_db


def test_submitting_holds_a_slot_freezes_a_revision_and_queues_the_file() -> None:
    clip = submit_clip(clip_id=make_draft(is_ready=False).pk, now=NOW)
    assert clip.state == "uploaded"
    assert Slot.objects.get().clip_code == clip.code
    assert clip.revisions.get().content["caption"] == clip.caption
    assert Job.objects.get().state == "queued"


def test_submitting_twice_has_one_effect() -> None:
    clip = make_waiting_clip()
    with pytest.raises(NotSubmittable):
        submit_clip(clip_id=clip.pk, now=NOW)
    assert Slot.objects.count() == clip.revisions.count() == 1


def test_an_incomplete_clip_lists_every_problem_and_holds_no_slot() -> None:
    clip = make_draft(products=[], caption="", is_speechless=False)
    with pytest.raises(Incomplete) as refused:
        submit_clip(clip_id=clip.pk, now=NOW)
    assert refused.value.problems.keys() == {"caption", "captions", "tags"}
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.count(), clip.revisions.count()) == ("draft", 0, 0)


def test_a_full_campaign_puts_the_draft_on_the_waitlist() -> None:
    clip = make_draft(enrolment=make_enrolment(campaign=make_campaign(clips_cap=0)))
    with pytest.raises(Incomplete) as refused:
        submit_clip(clip_id=clip.pk, now=NOW)
    [full, waiting] = refused.value.problems["campaign"]
    assert "Your clip was not submitted." in full
    assert waiting.startswith("Your clip is saved and is number 1 on the waitlist.")
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.count(), clip.revisions.count()) == ("draft", 0, 0)


def test_approval_publishes_and_earns_the_slot(moderator: User) -> None:
    clip = make_waiting_clip()
    decide(revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    clip.refresh_from_db()
    assert (clip.state, clip.published_at, Slot.objects.get().state) == ("published", NOW, "earned")


def test_a_decision_on_a_decided_clip_is_refused(moderator: User) -> None:
    clip = make_waiting_clip()
    revision = clip.revisions.get()
    decide(revision=revision, moderator=moderator, action=DecisionAction.REJECT, reason=make_reason(), now=NOW)
    with pytest.raises(DecisionRefused):
        decide(revision=revision, moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state, Decision.objects.count()) == ("rejected", "released", 1)


def test_a_moderator_cannot_decide_on_their_own_clip() -> None:
    clip = make_waiting_clip()
    with pytest.raises(DecisionRefused):
        decide(revision=clip.revisions.get(), moderator=clip.creator.user, action=DecisionAction.APPROVE, now=NOW)
    clip.refresh_from_db()
    assert (clip.state, Decision.objects.count()) == ("in_review", 0)


def test_withdrawing_releases_the_slot_and_keeps_the_draft() -> None:
    clip = make_waiting_clip()
    withdraw_clip(clip_id=clip.pk, now=NOW)
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state, clip.tags.count()) == ("draft", "released", 2)


def test_resubmitting_after_requested_changes_keeps_the_slot_and_the_queue_position(moderator: User) -> None:
    clip = make_waiting_clip()
    decide(
        revision=clip.revisions.get(),
        moderator=moderator,
        action=DecisionAction.REQUEST_CHANGES,
        reason=make_reason(),
        now=NOW,
    )
    resubmitted = submit_clip(clip_id=clip.pk, now=NOW.replace(day=24))
    assert (resubmitted.state, resubmitted.submitted_at, Slot.objects.get().state) == ("in_review", NOW, "held")
    assert [revision.number for revision in clip.revisions.order_by("number")] == [1, 2]


def test_a_stale_worker_cannot_finish_a_job() -> None:
    source = make_source(make_enrolment().creator, is_ready=False)
    job = source.jobs.get()
    first = claim_job(job_id=job.pk, now=NOW)
    second = claim_job(job_id=job.pk, now=NOW.replace(hour=13))
    assert first
    assert second
    assert not finish_job(first, outputs={"renditions": [1]}, facts={}, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.token) == ("running", 2, 2)


def test_a_failed_file_has_an_explanation_and_releases_the_slot() -> None:
    clip = submit_clip(clip_id=make_draft(is_ready=False).pk, now=NOW)
    claim = claim_job(job_id=Job.objects.get().pk, now=NOW)
    assert claim
    assert fail_job(claim, code="not_a_video", text="This file is not a video.", now=NOW)
    clip.refresh_from_db()
    assert (clip.state, Job.objects.get().failure_text) == ("failed", "This file is not a video.")
    assert (Slot.objects.get().state, Slot.objects.get().reason) == ("released", "failed")
    assert Clip.objects.published().count() == 0
