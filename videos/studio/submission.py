"""Submitting a clip for review, and withdrawing it."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Enrolment, Slot, SlotReason, WaitlistState
from creators.slots import CampaignFull, SlotRefused, hold_slot, release_slot
from creators.waitlist import is_behind_others, join_waitlist, settle_waitlist_entry
from videos.models import Clip, Job, JobKind, JobState, Revision, Source
from videos.review.trust import publish_on_trust
from videos.states import EDITABLE, REVISABLE, WITHDRAWABLE, ClipState
from videos.studio.drafts import ClipContent, save_content, write_content
from videos.studio.validation import Problems, find_problems

_STATE_BY_JOB = {JobState.DONE: ClipState.IN_REVIEW, JobState.RUNNING: ClipState.PROCESSING}


class NotSubmittable(Exception):
    """The clip is in a state in which it cannot be submitted: usually it was submitted already."""


class Incomplete(Exception):
    """The clip lacks something; `problems` holds sentences by field."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self.problems = problems


class NotWithdrawable(Exception):
    """The clip is decided already, or was never submitted."""


def submit_clip(*, clip_id: int, now: datetime) -> Clip:
    """Hold a slot, freeze a revision, and queue the clip's file (or the review, when the file is ready).

    All or nothing. A clip that has its slot already (mended after a request for changes) keeps it.
    Raises NotSubmittable, or Incomplete, which also carries a full or closed campaign under the field `campaign`. What
    lacks nothing but a place goes on the campaign's waiting list.
    """
    try:
        with transaction.atomic():
            clip = _lock(clip_id)
            if clip.state not in EDITABLE:
                raise NotSubmittable(_("This clip has been submitted already."))
            _submit(clip, now)
    except Incomplete as refusal:
        if not isinstance(refusal.__cause__, SlotRefused):
            raise
        raise _wait(clip, refusal, now) from refusal.__cause__
    clip.refresh_from_db()
    return clip


def submit_content(*, clip: Clip, content: ClipContent, enrolment: Enrolment | None, now: datetime) -> Clip:
    """Keep what was typed and submit it; what was typed stays kept when the submission is refused as incomplete.

    Raises NotEditable, NotSubmittable or Incomplete.
    """
    if clip.state in REVISABLE:
        return revise_clip(clip_id=clip.pk, content=content, now=now)
    save_content(clip=clip, content=content, enrolment=enrolment)
    return submit_clip(clip_id=clip.pk, now=now)


def revise_clip(*, clip_id: int, content: ClipContent, now: datetime) -> Clip:
    """Change a clip that waits for review or is published, and submit the change in the same transaction.

    A published clip is out of sight until the change is approved. Raises NotSubmittable or Incomplete, and then the
    clip is as it was.
    """
    with transaction.atomic():
        clip = _lock(clip_id)
        if clip.state not in REVISABLE:
            raise NotSubmittable(_("This clip cannot be changed now."))
        write_content(clip, content)
        clip = _lock(clip_id)
        _submit(clip, now)
    clip.refresh_from_db()
    return clip


def _wait(clip: Clip, refusal: Incomplete, now: datetime) -> Incomplete:
    assert clip.enrolment is not None
    number = join_waitlist(enrolment=clip.enrolment, clip_code=clip.code, now=now)
    words = _(
        "It is kept, and number %(number)d on the waiting list: it is submitted once the campaign has a place for it."
    )
    return Incomplete({"campaign": [*refusal.problems["campaign"], words % {"number": number}]})


def _lock(clip_id: int) -> Clip:
    locked = Clip.objects.select_for_update(of=("self",))
    return locked.select_related("enrolment__campaign", "enrolment__terms", "source").get(pk=clip_id)


def _submit(clip: Clip, now: datetime) -> None:
    if problems := find_problems(clip):
        raise Incomplete(problems)
    assert clip.source is not None and clip.enrolment is not None
    Job.objects.get_or_create(source=clip.source, kind=JobKind.PLAYABLE, defaults={"queued_at": now})
    # The lock makes a worker that is just finishing wait, so that it finds the clip in the state it moves on from.
    job = Job.objects.select_for_update().get(source=clip.source, kind=JobKind.PLAYABLE)
    if job.state == JobState.FAILED:
        raise Incomplete({"file": [job.failure_text]})
    _freeze_revision(clip, clip.source, now)
    new = _STATE_BY_JOB.get(JobState(job.state), ClipState.UPLOADED)
    keeps_place = clip.state in (ClipState.CHANGES_REQUESTED, ClipState.IN_REVIEW)
    submitted_at = clip.submitted_at if keeps_place else now
    Clip.objects.move(clip.pk, ClipState(clip.state), new, now=now, submitted_at=submitted_at)
    if not Slot.objects.active().filter(clip_code=clip.code).exists():
        try:
            is_open = clip.enrolment.is_open_at(now)
            if is_open and is_behind_others(enrolment=clip.enrolment, clip_code=clip.code):
                raise CampaignFull(_("Others wait for a place in this campaign. Nothing was submitted."))
            settle_waitlist_entry(clip_code=clip.code, state=WaitlistState.SERVED, now=now)
            # Last, because everybody queues for the campaign's row until this transaction ends.
            hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=now)
        except SlotRefused as refusal:
            raise Incomplete({"campaign": [str(refusal)]}) from refusal
    if new == ClipState.IN_REVIEW:
        publish_on_trust(clip_id=clip.pk, now=now)


def withdraw_clip(*, clip_id: int, now: datetime) -> None:
    """Take an undecided clip back to the drafts and free its slot. Raises NotWithdrawable."""
    with transaction.atomic():
        clip = Clip.objects.select_for_update().get(pk=clip_id)
        if clip.state not in WITHDRAWABLE:
            raise NotWithdrawable(_("Only a clip that waits for a decision can be withdrawn."))
        Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.DRAFT, now=now, submitted_at=None)
        for slot in Slot.objects.held().filter(clip_code=clip.code):
            release_slot(slot_id=slot.pk, reason=SlotReason.WITHDRAWN, now=now)


def revision_content(clip: Clip) -> dict[str, object]:
    """Return what the creator typed, in the shape that a revision keeps."""
    tags = clip.tags.order_by("start_ms", "product_id").values("product_id", "product__name", "start_ms", "end_ms")
    return {
        "caption": clip.caption,
        "kind": clip.kind,
        "verdict": clip.verdict,
        "language": clip.language,
        "is_speechless": clip.is_speechless,
        "captions_vtt": clip.captions_vtt,
        "tags": list(tags),
    }


def _freeze_revision(clip: Clip, source: Source, now: datetime) -> Revision:
    content = revision_content(clip)
    text = source.sha256 + json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    number = clip.revisions.count() + 1
    return Revision.objects.create(
        clip=clip, number=number, source=source, content=content, digest=digest, submitted_at=now
    )
