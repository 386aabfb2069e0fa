"""Trusted creators: their clips are published without review if nothing needs judging, and this is audited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core import mail

from accounts.models import User
from creators.models import Creator, Slot
from tests.factories import (
    NOW,
    approve,
    make_category,
    make_draft,
    make_enrolment,
    make_product,
    make_reason,
    make_waiting_clip,
)
from videos.models import AuditEntry, Clip, Decision, DecisionAction, FlagKind, Job, JobState
from videos.pipeline.job_states import claim_job, finish_job
from videos.review.decisions import decide
from videos.review.flags import raise_flag
from videos.review.mail import send_decision_emails
from videos.review.trust import publish_on_trust
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import revise_clip, submit_clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trust(settings: LazySettings) -> None:
    settings.TRUST_AFTER_APPROVALS = 2
    settings.TRUST_SPOT_CHECK_PERCENT = 0


@pytest.fixture
def trusted(creator: Creator) -> Creator:
    for _number in range(2):
        approve(make_waiting_clip(creator))
    assert AuditEntry.objects.filter(action="trusted").count() == 0
    return creator


def state_of(clip: Clip) -> tuple[str, str]:
    clip.refresh_from_db()
    return clip.state, Slot.objects.filter(clip_code=clip.code).latest("pk").state


def test_a_trusted_creators_clip_is_published_paid_and_audited(trusted: Creator) -> None:
    clip = make_waiting_clip(trusted)
    assert state_of(clip) == ("published", "earned")
    decision = clip.decisions.get()
    assert (decision.basis, decision.moderator, decision.action) == ("trust", None, "approve")
    entry = AuditEntry.objects.get(clip=clip)
    assert (entry.action, entry.moderator, entry.details["approvals"]) == ("trusted", None, 2)
    assert clip.tags.filter(approved_price_minor=1999).count() == 2
    assert send_decision_emails(now=NOW + timedelta(minutes=1)) == 3
    assert len(mail.outbox) == 3


def test_publications_on_trust_do_not_count_towards_trust(trusted: Creator, moderator: User) -> None:
    on_trust = make_waiting_clip(trusted)
    first = Decision.objects.exclude(clip=on_trust).earliest("pk")
    Decision.objects.filter(pk=first.pk).update(undone_at=NOW)
    assert state_of(make_waiting_clip(trusted)) == ("in_review", "held")


def test_no_creator_is_trusted_unless_the_setting_allows_it(trusted: Creator, settings: LazySettings) -> None:
    settings.TRUST_AFTER_APPROVALS = 0
    assert state_of(make_waiting_clip(trusted)) == ("in_review", "held")


@pytest.mark.parametrize("action", [DecisionAction.REJECT, DecisionAction.REQUEST_CHANGES])
def test_one_refusal_ends_trust(trusted: Creator, moderator: User, settings: LazySettings, action: str) -> None:
    settings.TRUST_AFTER_APPROVALS = 3
    refused = make_waiting_clip(trusted)
    settings.TRUST_AFTER_APPROVALS = 2
    decide(revision=refused.revisions.get(), moderator=moderator, action=action, reason=make_reason(), now=NOW)
    assert state_of(make_waiting_clip(trusted)) == ("in_review", "held")


def test_spot_checked_clips_wait_with_a_flag(trusted: Creator, settings: LazySettings) -> None:
    settings.TRUST_SPOT_CHECK_PERCENT = 100
    clip = make_waiting_clip(trusted)
    assert state_of(clip) == ("in_review", "held")
    assert clip.flags.get().kind == "spot_check"
    assert AuditEntry.objects.get(clip=clip).action == "spot_check"
    approve(clip)
    assert clip.flags.open().count() == 0


def test_the_share_of_spot_checks_matches_the_setting(settings: LazySettings) -> None:
    from videos.review.trust import is_spot_checked

    settings.TRUST_SPOT_CHECK_PERCENT = 20
    selected = sum(is_spot_checked(Clip(code=f"clip{number}")) for number in range(2000))
    assert 340 < selected < 460


def submit_clip_that_breaks_a_rule(trusted: Creator) -> Clip:
    captions = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nThis is the lowest\n\n00:00:01.000 --> 00:00:02.000\nprice anywhere\n"
    )
    return make_waiting_clip(trusted, is_speechless=False, captions_vtt=captions)


def submit_clip_for_adults(trusted: Creator) -> Clip:
    wine = make_product(category=make_category("wine", is_age_restricted=True))
    return make_waiting_clip(trusted, None, [wine, make_product()])


def submit_duplicate(trusted: Creator) -> Clip:
    first = Clip.objects.filter(creator=trusted).latest("pk")
    draft = make_draft(trusted)
    Clip.objects.filter(pk=draft.pk).update(source=first.source)
    return submit_clip(clip_id=draft.pk, now=NOW)


def submit_flagged_clip(trusted: Creator) -> Clip:
    draft = make_draft(trusted)
    raise_flag(clip_id=draft.pk, kind=FlagKind.REPORTS, now=NOW)
    return submit_clip(clip_id=draft.pk, now=NOW)


def revise_decided_clip(trusted: Creator) -> Clip:
    clip = Clip.objects.published().filter(creator=trusted).latest("pk")
    tags = [TagContent(tag.product_id, tag.start_ms, tag.end_ms) for tag in clip.tags.all()]
    return revise_clip(
        clip_id=clip.pk, content=ClipContent("New words", "review", "mixed", "en", True, "", tags), now=NOW
    )


NEED_REVIEW = (
    submit_clip_that_breaks_a_rule,
    submit_clip_for_adults,
    submit_duplicate,
    submit_flagged_clip,
    revise_decided_clip,
)


@pytest.mark.parametrize("submit", NEED_REVIEW)
def test_clips_that_need_review_are_not_published_on_trust(trusted: Creator, submit: Callable[[Creator], Clip]) -> None:
    clip = submit(trusted)
    slot = "earned" if submit is revise_decided_clip else "held"
    assert state_of(clip) == ("in_review", slot)
    assert AuditEntry.objects.filter(action="trusted").count() == 0


@pytest.mark.parametrize("submit", NEED_REVIEW)
def test_without_the_check_they_would_be_published_unreviewed(
    trusted: Creator, submit: Callable[[Creator], Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videos.review.trust.needs_no_review", lambda clip: True)
    assert submit(trusted).state == "published"


def test_trust_applies_when_processing_finishes_later(trusted: Creator) -> None:
    clip = make_waiting_clip(trusted, make_enrolment(trusted), is_ready=False)
    assert clip.state == "uploaded"
    job = Job.objects.get(source=clip.source, state=JobState.QUEUED)
    claim = claim_job(job_id=job.pk, now=NOW)
    assert claim is not None
    assert finish_job(claim, outputs={}, facts={"duration_ms": 8000}, now=NOW, on_in_review=publish_on_trust)
    assert state_of(clip) == ("published", "earned")
