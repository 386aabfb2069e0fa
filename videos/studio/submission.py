"""Submission of clips for review, changes to submitted clips, and withdrawal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Enrolment, Slot, SlotReason, WaitlistState
from creators.open_clips import DeskBehind, has_approvals, refuse_too_many
from creators.slots import CampaignFull, SlotRefused, TooManyOpen, hold_slot, release_slot
from creators.suspensions import refuse_suspended
from creators.waitlist import is_behind_others, join_waitlist, settle_waitlist_entry
from videos.models import Clip, Job, JobKind, JobState, Source
from videos.review.deadlines import is_desk_far_behind
from videos.review.duplicates import find_waiting_twin
from videos.review.trust import publish_on_trust
from videos.states import EDITABLE, REVISABLE, WITHDRAWABLE, ClipState
from videos.studio.drafts import ClipContent, save_content, write_content
from videos.studio.revisions import freeze_revision
from videos.studio.samples import declare_samples
from videos.studio.unpaid_posts import TooManyPosts, refuse_too_many_posts
from videos.studio.validation import Problems, find_problems

_STATE_BY_JOB = {JobState.DONE: ClipState.IN_REVIEW, JobState.RUNNING: ClipState.PROCESSING}


class NotSubmittable(Exception):
    """The clip's state does not allow a submission, usually because the clip has already been submitted."""


class Incomplete(Exception):
    """The clip is incomplete or its campaign has no free slot. `problems` maps each field to sentences."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self.problems = problems


class NotWithdrawable(Exception):
    """The clip is not waiting for a decision. It has been decided on, or was never submitted."""


def submit_clip(*, clip_id: int, now: datetime) -> Clip:
    """Submit a clip and return it.

    In one transaction, the clip gets a slot and a revision, and is queued for processing or review. If it already has a
    slot, it keeps that slot. If it lacks nothing but a slot, it joins the campaign's waitlist.

    Raises NotSubmittable, CreatorSuspended or Incomplete. If the campaign is full or closed, Incomplete says so under the field
    `campaign`.
    """
    try:
        with transaction.atomic():
            clip = _lock_unless_suspended(clip_id)
            if clip.state not in EDITABLE:
                raise NotSubmittable(_("This clip has already been submitted."))
            _submit(clip, now)
    except Incomplete as refusal:
        if not isinstance(refusal.__cause__, SlotRefused) or isinstance(refusal.__cause__, TooManyOpen):
            raise
        raise _add_to_waitlist(clip, refusal, now) from refusal.__cause__
    clip.refresh_from_db()
    return clip


def submit_content(*, clip: Clip, content: ClipContent, enrolment: Enrolment | None, now: datetime) -> Clip:
    """Save the content, submit the clip and return it. The content of a draft is saved even if it is incomplete.

    Raises NotEditable, NotSubmittable, CreatorSuspended, Incomplete.
    """
    if clip.state in REVISABLE:
        return revise_clip(clip_id=clip.pk, content=content, now=now)
    save_content(clip=clip, content=content, enrolment=enrolment)
    return submit_clip(clip_id=clip.pk, now=now)


def revise_clip(*, clip_id: int, content: ClipContent, now: datetime) -> Clip:
    """Change a clip that is in review or published, submit it again, and return it.

    A published clip is hidden until the change is approved. If an exception is raised, nothing changes. Raises
    NotSubmittable, CreatorSuspended, Incomplete.
    """
    with transaction.atomic():
        clip = _lock_unless_suspended(clip_id)
        if clip.state not in REVISABLE:
            raise NotSubmittable(_("This clip can't be changed in its current state."))
        write_content(clip, content)
        clip = _lock(clip_id)
        _submit(clip, now)
    clip.refresh_from_db()
    return clip


def _add_to_waitlist(clip: Clip, refusal: Incomplete, now: datetime) -> Incomplete:
    """Add the clip to its campaign's waitlist. Return an Incomplete that also states the waitlist number, or why not."""
    assert clip.enrolment is not None
    try:
        number = join_waitlist(enrolment=clip.enrolment, clip_code=clip.code, now=now)
    except TooManyOpen as too_many:
        return Incomplete({"campaign": [str(too_many)]})
    sentence = _(
        "Your clip is saved and is number %(number)d on the waitlist. "
        "We'll submit it automatically when a slot opens up."
    )
    return Incomplete({"campaign": [*refusal.problems["campaign"], sentence % {"number": number}]})


def _lock_unless_suspended(clip_id: int) -> Clip:
    creator_id = Clip.objects.filter(pk=clip_id).values_list("creator", flat=True).first()
    if creator_id is not None:
        refuse_suspended(creator_id)
    return _lock(clip_id)


def _lock(clip_id: int) -> Clip:
    locked = Clip.objects.select_for_update(of=("self",))
    clip = locked.select_related("enrolment__campaign", "enrolment__terms", "source").filter(pk=clip_id).first()
    if clip is None:
        raise NotSubmittable(_("This draft was deleted."))
    return clip


def _submit(clip: Clip, now: datetime) -> None:
    if problems := find_problems(clip):
        raise Incomplete(problems)
    new = _queue_job(clip.source, now) if clip.source else ClipState.IN_REVIEW
    declare_samples(clip)
    freeze_revision(clip, now)
    keeps_position = clip.state in (ClipState.CHANGES_REQUESTED, ClipState.IN_REVIEW)
    submitted_at = clip.submitted_at if keeps_position else now
    Clip.objects.move(clip.pk, ClipState(clip.state), new, now=now, submitted_at=submitted_at)
    if not Slot.objects.active().filter(clip_code=clip.code).exists():
        _refuse_twin(clip)
        if clip.enrolment is None:
            _refuse_too_many(clip)
        else:
            _hold_slot(clip, clip.enrolment, now)
    if new == ClipState.IN_REVIEW:
        publish_on_trust(clip_id=clip.pk, now=now)


def _queue_job(source: Source, now: datetime) -> ClipState:
    """Make sure that the film is processed, and return its clip's state until then. Raises Incomplete if it failed."""
    Job.objects.get_or_create(source=source, kind=JobKind.PLAYABLE, defaults={"queued_at": now})
    # A worker that is about to finish the job waits for this lock, and then sees the clip's new state.
    job = Job.objects.select_for_update().get(source=source, kind=JobKind.PLAYABLE)
    if job.state == JobState.FAILED:
        raise Incomplete({"file": [job.failure_text]})
    return _STATE_BY_JOB.get(JobState(job.state), ClipState.UPLOADED)


def _refuse_twin(clip: Clip) -> None:
    """Raise Incomplete if the creator's own clip with the same file holds a slot, because only one can be paid."""
    twin = find_waiting_twin(clip)
    if twin is None:
        return
    if clip.is_photos:
        sentence = _("You have already submitted one of these photos, in post %(code)s. Remove it from this one.")
        raise Incomplete({"photos": [sentence % {"code": twin.code}]})
    sentence = _("You have already submitted this video, as clip %(code)s. Choose another file.")
    raise Incomplete({"file": [sentence % {"code": twin.code}]})


def _refuse_too_many(clip: Clip) -> None:
    try:
        refuse_too_many_posts(clip)
    except TooManyPosts as refusal:
        raise Incomplete({"campaign": [str(refusal)]}) from refusal


def _hold_slot(clip: Clip, enrolment: Enrolment, now: datetime) -> None:
    try:
        is_behind = is_desk_far_behind(now)
        if is_behind and not has_approvals(enrolment.creator_id):
            raise DeskBehind(
                _("Our moderators are far behind, so clips of creators who have no approved clip yet have to wait.")
            )
        refuse_too_many(creator_id=enrolment.creator_id)
        if enrolment.is_open_at(now) and is_behind_others(
            enrolment=enrolment, clip_code=clip.code, only_approved=is_behind
        ):
            raise CampaignFull(
                _("Other clips are already waiting for a slot in this campaign. Your clip was not submitted.")
            )
        settle_waitlist_entry(clip_code=clip.code, state=WaitlistState.SERVED, now=now)
        # Last, because it locks the campaign's row. All other submissions to the campaign wait for this lock.
        hold_slot(enrolment=enrolment, clip_code=clip.code, now=now)
    except SlotRefused as refusal:
        raise Incomplete({"campaign": [str(refusal)]}) from refusal


def withdraw_clip(*, clip_id: int, now: datetime) -> None:
    """Turn a submitted clip back into a draft and release its slot. Raises NotWithdrawable."""
    with transaction.atomic():
        clip = Clip.objects.select_for_update().filter(pk=clip_id).first()
        if clip is None or clip.state not in WITHDRAWABLE:
            raise NotWithdrawable(_("Only a clip that is waiting for a decision can be withdrawn."))
        Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.DRAFT, now=now, submitted_at=None)
        for slot in Slot.objects.held().filter(clip_code=clip.code):
            release_slot(slot_id=slot.pk, reason=SlotReason.WITHDRAWN, now=now)
