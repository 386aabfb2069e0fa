"""Jobs: claimed by compare-and-set under a lease, fenced by a token, finished or failed in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from videos.models import Clip, Job, JobKind, JobState, Source
from videos.review.trust import publish_on_trust
from videos.states import ClipState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Claim:
    """The right to write to a job until somebody claims it again."""

    job_id: int
    token: int
    attempt: int
    kind: str = JobKind.PLAYABLE


def claim_job(*, job_id: int, now: datetime) -> Claim | None:
    """Take a waiting or abandoned job; None when there is nothing to take. A job out of attempts fails here."""
    with transaction.atomic():
        taken = Job.objects.claimable_at(now).filter(pk=job_id).order_by()
        changed = taken.filter(attempt__lt=MAX_ATTEMPTS).update(
            state=JobState.RUNNING,
            token=F("token") + 1,
            attempt=F("attempt") + 1,
            leased_until=now + LEASE,
            started_at=now,
            progress_percent=0,
        )
        job = Job.objects.get(pk=job_id)
        if changed:
            for clip in Clip.objects.filter(source_id=job.source_id, state=ClipState.UPLOADED):
                Clip.objects.move(clip.pk, ClipState.UPLOADED, ClipState.PROCESSING, now=now)
            return Claim(job.pk, job.token, job.attempt, job.kind)
        if taken.exists():
            claim = Claim(job.pk, job.token, job.attempt, job.kind)
            text = _("We could not process this file. Please try another one.")
            fail_job(claim, code="worker_lost", text=text, now=now)
    return None


def note_progress(claim: Claim, *, percent: int, now: datetime) -> bool:
    """Store the percent and renew the lease; False when the job belongs to somebody else by now."""
    return _held(claim).update(progress_percent=percent, leased_until=now + LEASE) == 1


def publish_outputs(claim: Claim, *, outputs: dict[str, Any], now: datetime) -> bool:
    """Make what was written so far playable, while the rest is made; False under a stale claim."""
    with transaction.atomic():
        if not _held(claim).update(leased_until=now + LEASE):
            return False
        Source.objects.filter(jobs=claim.job_id).update(outputs=outputs)
    return True


def finish_job(claim: Claim, *, outputs: dict[str, Any], facts: dict[str, Any], now: datetime) -> bool:
    """Store the outputs and send the clip to review, in one transaction; False under a stale claim.

    `facts` are columns of the source known only now: duration_ms, width_px, height_px. The job that makes a playable
    clip smaller is queued here. True also when this very claim has finished already: a commit whose answer was lost.
    """
    with transaction.atomic():
        if not _held(claim).update(state=JobState.DONE, progress_percent=100, finished_at=now, leased_until=None):
            return Job.objects.filter(pk=claim.job_id, token=claim.token, state=JobState.DONE).exists()
        source_id = Job.objects.values_list("source_id", flat=True).get(pk=claim.job_id)
        Source.objects.filter(pk=source_id).update(outputs=outputs, **facts)
        Job.objects.get_or_create(source_id=source_id, kind=JobKind.AV1, defaults={"queued_at": now})
        for clip in Clip.objects.filter(source_id=source_id, state__in=(ClipState.UPLOADED, ClipState.PROCESSING)):
            if Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.IN_REVIEW, now=now):
                publish_on_trust(clip_id=clip.pk, now=now)
    return True


def fail_job(claim: Claim, *, code: str, text: str, now: datetime, stderr_tail: str = "") -> bool:
    """End a job with a reason in words for the creator, whose slot stays held; False under a stale claim."""
    with transaction.atomic():
        ended = _held(claim).update(
            state=JobState.FAILED,
            failure_code=code,
            failure_text=text,
            stderr_tail=stderr_tail[-4000:],
            finished_at=now,
            leased_until=None,
        )
        if not ended:
            return False
        source_id = Job.objects.values_list("source_id", flat=True).get(pk=claim.job_id)
        for clip in Clip.objects.filter(source_id=source_id, state__in=(ClipState.UPLOADED, ClipState.PROCESSING)):
            Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.FAILED, now=now)
    return True


def requeue_job(claim: Claim, *, now: datetime, stderr_tail: str = "") -> bool:
    """Give a job back after a passing fault, to be tried again; False under a stale claim."""
    return _put_back(claim, now=now, queued_at=now, stderr_tail=stderr_tail[-4000:])


def give_way(claim: Claim, *, now: datetime) -> bool:
    """Put a job back for one that comes first; it was no attempt, and it keeps its place."""
    return _put_back(claim, now=now, attempt=F("attempt") - 1, started_at=None)


def _put_back(claim: Claim, *, now: datetime, **also: Any) -> bool:
    """Let a job wait again, and its clips with it."""
    with transaction.atomic():
        waits = {"state": JobState.QUEUED, "leased_until": None, "progress_percent": 0}
        if not _held(claim).update(**waits, **also):
            return False
        source_id = Job.objects.values_list("source_id", flat=True).get(pk=claim.job_id)
        for clip in Clip.objects.filter(source_id=source_id, state=ClipState.PROCESSING):
            Clip.objects.move(clip.pk, ClipState.PROCESSING, ClipState.UPLOADED, now=now)
    return True


def retry_failed_job(*, job_id: int, now: datetime) -> bool:
    """Queue a failed job again, for a person who asked for it; its clips wait to be processed again."""
    with transaction.atomic():
        again = Job.objects.filter(pk=job_id, state=JobState.FAILED)
        if not again.update(state=JobState.QUEUED, attempt=0, queued_at=now, failure_code="", failure_text=""):
            return False
        source_id = Job.objects.values_list("source_id", flat=True).get(pk=job_id)
        for clip in Clip.objects.filter(source_id=source_id, state=ClipState.FAILED):
            Clip.objects.move(clip.pk, ClipState.FAILED, ClipState.UPLOADED, now=now)
    return True


def _held(claim: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=claim.job_id, token=claim.token, state=JobState.RUNNING)
