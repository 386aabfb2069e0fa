"""What a suspension does to its creator's clips: those that wait are paused, and go back when it is lifted.

Published clips are hidden by a trigger, or stay. Fees that were earned stay earned.
"""

from datetime import datetime

from django.db import transaction

from creators.models import Slot, SlotReason, Suspension
from creators.slots import SlotRefused, hold_slot, release_slot
from videos.models import Appeal, Clip, Job, JobKind, JobState, PausedClip
from videos.states import PAUSING, ClipState

_STATE_BY_JOB = {
    JobState.DONE: ClipState.IN_REVIEW,
    JobState.RUNNING: ClipState.PROCESSING,
    JobState.FAILED: ClipState.FAILED,
}


def pause_clips(*, suspension: Suspension, now: datetime) -> int:
    """Take every clip of the creator out of its queue, and release its held slot. Return the number of clips."""
    waiting = Clip.objects.filter(creator=suspension.creator_id, state__in=PAUSING)
    clips = list(waiting.order_by("pk").select_for_update(of=("self",)))
    for clip in clips:
        state = ClipState(clip.state)
        PausedClip.objects.create(suspension=suspension, clip=clip, state_before=state, submitted_at=clip.submitted_at)
        Clip.objects.move(clip.pk, state, PAUSING[state], now=now)
        for slot in Slot.objects.held().filter(clip_code=clip.code):
            release_slot(slot_id=slot.pk, reason=SlotReason.SUSPENDED, now=now)
    return len(clips)


def resume_clips(*, suspension: Suspension, now: datetime) -> tuple[int, int]:
    """Put paused clips back where they were, with a slot. Return how many went back, and how many could not.

    A clip whose campaign has no free slot any more stays a draft. A rejected one can be appealed again.
    """
    resumed = stranded = 0
    for paused in suspension.paused_clips.order_by("submitted_at", "pk"):
        locked = Clip.objects.select_for_update(of=("self",))
        clip = locked.select_related("enrolment__campaign", "enrolment__terms").get(pk=paused.clip_id)
        before = ClipState(paused.state_before)
        if clip.state != PAUSING[before]:
            continue  # its creator deleted the account meanwhile
        try:
            with transaction.atomic():
                _resume(clip, paused, now)
            resumed += 1
        except SlotRefused:
            stranded += 1
            if before == ClipState.APPEALED:
                Appeal.objects.filter(decision__clip=clip, appealed_at__gte=paused.submitted_at or now).delete()
    return resumed, stranded


def _resume(clip: Clip, paused: PausedClip, now: datetime) -> None:
    """Hold a slot again, dated to the submission, and restore the clip's state. Raises SlotRefused."""
    new = before = ClipState(paused.state_before)
    if before not in (ClipState.CHANGES_REQUESTED, ClipState.FAILED, ClipState.APPEALED):
        new = ClipState.IN_REVIEW if clip.is_photos else _state_of_film(clip)
    Clip.objects.move(clip.pk, ClipState(clip.state), new, now=now, submitted_at=paused.submitted_at)
    had_slot = Slot.objects.filter(
        clip_code=clip.code, reason=SlotReason.SUSPENDED, settled_at=paused.suspension.suspended_at
    )
    if clip.enrolment is not None and new != ClipState.FAILED and had_slot.exists():
        hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=paused.submitted_at or now, is_new=False)


def _state_of_film(clip: Clip) -> ClipState:
    # A worker that is about to finish the job waits for this lock, and then sees the clip's new state.
    job = Job.objects.select_for_update().filter(source=clip.source_id, kind=JobKind.PLAYABLE).first()
    return _STATE_BY_JOB.get(JobState(job.state), ClipState.UPLOADED) if job else ClipState.UPLOADED
