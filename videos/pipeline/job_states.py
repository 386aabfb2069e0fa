"""State changes of jobs and of the clips made from them.

A worker claims a job by compare-and-set and must keep renewing its lease. Each claim has a new token. A write with an
old token changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.models import Slot, SlotReason
from creators.slots import SlotRefused, hold_slot, release_slot
from videos.models import Clip, Job, JobKind, JobState, Source
from videos.models.job import JobQuerySet
from videos.states import ClipState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


class InReviewHook(Protocol):
    """A callback for each clip that enters review. It runs in the transaction that finishes the clip's job."""

    def __call__(self, *, clip_id: int, now: datetime) -> object: ...


@dataclass(frozen=True)
class Claim:
    """The right to write to a job until another worker claims it."""

    job_id: int
    token: int
    attempt: int
    kind: str = JobKind.PLAYABLE


def claim_job(*, job_id: int, now: datetime) -> Claim | None:
    """Claim a job and return the claim, or None if another worker claimed the job first.

    The job must be queued or have an expired lease. If it has no attempts left, fail it and return None.
    """
    with transaction.atomic():
        # A single UPDATE for both claimable states, and not `move`, which starts from one state.
        claimable = Job.objects.claimable_at(now).filter(pk=job_id).order_by()
        claimed = claimable.filter(attempt__lt=MAX_ATTEMPTS).update(
            state=JobState.RUNNING,
            token=F("token") + 1,
            attempt=F("attempt") + 1,
            leased_until=now + LEASE,
            started_at=now,
            progress_percent=0,
        )
        job = Job.objects.select_related("source__creator__user").get(pk=job_id)
        claim = Claim(job.pk, job.token, job.attempt, job.kind)
        if claimed:
            _move_clips(job_id, ClipState.UPLOADED, to=ClipState.PROCESSING, now=now)
            return claim
        if claimable.exists():
            with override(job.source.creator.user.language or settings.LANGUAGE_CODE):
                text = _("Something went wrong on our side while this file was processed. Please upload it again.")
            fail_job(claim, code="worker_lost", text=text, now=now)
    return None


def fenced(claim: Claim) -> JobQuerySet:
    """Return a queryset with the claimed job. The queryset is empty if the claim is stale.

    A claim is stale if its job has ended or if another worker has claimed the job since.
    """
    return Job.objects.filter(pk=claim.job_id, token=claim.token, state=JobState.RUNNING)


def record_progress(claim: Claim, *, percent: int, now: datetime) -> bool:
    """Store the percentage and renew the lease. Return False if the claim is stale."""
    return fenced(claim).update(progress_percent=percent, leased_until=now + LEASE) == 1


def publish_outputs(claim: Claim, *, outputs: dict[str, Any], now: datetime) -> bool:
    """Store the first outputs, so that the clip can be watched while the rest is encoded.

    Return False if the claim is stale.
    """
    with transaction.atomic():
        if not fenced(claim).update(leased_until=now + LEASE):
            return False
        Source.objects.filter(jobs=claim.job_id).update(outputs=outputs)
    return True


def finish_job(
    claim: Claim,
    *,
    outputs: dict[str, Any],
    facts: dict[str, Any],
    now: datetime,
    on_in_review: InReviewHook | None = None,
) -> bool:
    """Finish a job: store its outputs, send its clips to review and queue an AV1 job, in one transaction.

    `facts` maps columns of the source to values that are known only now.

    Return False if the claim is stale. If this claim has already finished the job, return True. This happens when the
    database restarts after the commit and the worker repeats the call.
    """
    with transaction.atomic():
        values = {"progress_percent": 100, "finished_at": now, "leased_until": None}
        if not fenced(claim).move(claim.job_id, JobState.RUNNING, JobState.DONE, **values):
            return Job.objects.filter(pk=claim.job_id, token=claim.token, state=JobState.DONE).exists()
        source_id = Job.objects.values_list("source_id", flat=True).get(pk=claim.job_id)
        Source.objects.filter(pk=source_id).update(outputs=outputs, **facts)
        Job.objects.get_or_create(source_id=source_id, kind=JobKind.AV1, defaults={"queued_at": now})
        unprocessed = (ClipState.UPLOADED, ClipState.PROCESSING)
        for clip_id in _move_clips(claim.job_id, *unprocessed, to=ClipState.IN_REVIEW, now=now):
            if on_in_review:
                on_in_review(clip_id=clip_id, now=now)
    return True


def fail_job(claim: Claim, *, code: str, text: str, now: datetime, stderr_tail: str = "") -> bool:
    """Fail a job and its clips, and release their slots. Return False if the claim is stale.

    `text` is the reason that the creator sees.
    """
    with transaction.atomic():
        failed = fenced(claim).move(
            claim.job_id,
            JobState.RUNNING,
            JobState.FAILED,
            failure_code=code,
            failure_text=text,
            stderr_tail=stderr_tail[-4000:],
            finished_at=now,
            leased_until=None,
        )
        if not failed:
            return False
        failed_ids = _move_clips(claim.job_id, ClipState.UPLOADED, ClipState.PROCESSING, to=ClipState.FAILED, now=now)
        codes = Clip.objects.filter(pk__in=failed_ids).values("code")
        for slot_id in Slot.objects.held().filter(clip_code__in=codes).order_by("pk").values_list("pk", flat=True):
            release_slot(slot_id=slot_id, reason=SlotReason.FAILED, now=now)
    return True


def requeue_job(claim: Claim, *, now: datetime, stderr_tail: str = "") -> bool:
    """Requeue a job after a transient fault. Return False if the claim is stale."""
    return _requeue(claim, now=now, queued_at=now, stderr_tail=stderr_tail[-4000:])


def yield_job(claim: Claim, *, now: datetime) -> bool:
    """Requeue a job so that a more urgent one can run. Return False if the claim is stale.

    The interrupted run doesn't count as an attempt, and the job keeps its position in the queue.
    """
    return _requeue(claim, now=now, attempt=F("attempt") - 1, started_at=None)


def postpone_job(claim: Claim, *, now: datetime) -> bool:
    """Requeue a job that cannot run for now, behind its creator's queued jobs. Return False if the claim is stale.

    The interrupted run doesn't count as an attempt, but as its creator's turn, so that it keeps no job waiting.
    """
    job = Job.objects.select_related("source").get(pk=claim.job_id)
    others = Job.objects.filter(source__creator=job.source.creator_id, kind=job.kind, state=JobState.QUEUED)
    last_at = others.aggregate(at=Max("queued_at"))["at"] or job.queued_at - timedelta.resolution
    queued_at = max(job.queued_at, last_at + timedelta.resolution)  # not now, because the oldest job's age is monitored
    return _requeue(claim, now=now, attempt=F("attempt") - 1, queued_at=queued_at)


def retry_failed_job(*, job_id: int, now: datetime) -> bool:
    """Requeue a failed job with its attempts reset, and move its clips back. Return False if it has not failed.

    A clip that gets no slot any more becomes a draft, which its creator can submit again.
    """
    with transaction.atomic():
        values = {"attempt": 0, "queued_at": now, "failure_code": "", "failure_text": "", "failure_mailed_at": None}
        if not Job.objects.move(job_id, JobState.FAILED, JobState.QUEUED, **values):
            return False
        failed = Clip.objects.filter(source__jobs=job_id, state=ClipState.FAILED)
        for clip in failed.select_related("enrolment__campaign", "enrolment__terms").order_by("pk"):
            new = ClipState.UPLOADED if _has_slot_again(clip, now) else ClipState.DRAFT
            Clip.objects.move(clip.pk, ClipState.FAILED, new, now=now)
    return True


def _has_slot_again(clip: Clip, now: datetime) -> bool:
    """Hold a slot for the clip, dated to its submission. Return False if there is none."""
    if Slot.objects.active().filter(clip_code=clip.code).exists():
        return True
    if clip.enrolment is None:
        return False
    try:
        with transaction.atomic():
            hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=clip.submitted_at or now, is_new=False)
    except SlotRefused:
        return False
    return True


def _requeue(claim: Claim, *, now: datetime, **fields: Any) -> bool:
    with transaction.atomic():
        values = {"leased_until": None, "progress_percent": 0, **fields}
        if not fenced(claim).move(claim.job_id, JobState.RUNNING, JobState.QUEUED, **values):
            return False
        _move_clips(claim.job_id, ClipState.PROCESSING, to=ClipState.UPLOADED, now=now)
    return True


def _move_clips(job_id: int, *states: ClipState, to: ClipState, now: datetime) -> list[int]:
    """Move a job's clips from any of these states to the state `to`. Return the ids of the moved clips."""
    clips = Clip.objects.filter(source__jobs=job_id, state__in=states)
    return [clip.pk for clip in clips if Clip.objects.move(clip.pk, ClipState(clip.state), to, now=now)]
