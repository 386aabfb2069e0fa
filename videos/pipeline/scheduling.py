"""Fair scheduling of waiting jobs, so that one creator's backlog does not delay other creators."""

from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q

from videos.intake.disk import free_bytes
from videos.media.running import QUICK_SHARE
from videos.models import Job, JobKind, JobState
from videos.models.job import JobQuerySet

SERVICE_HISTORY = timedelta(days=1)
"""Jobs that started longer ago than this are ignored when creators are compared."""

WORK_COPIES = 2
"""A job starts while the disk has room for so many times its original: renditions, or a local copy of it besides."""

MAX_YIELDS = 5
WATCHABLE_PERCENT = QUICK_SHARE * 100
"""The progress at which the clip can first be watched."""

MAX_ENQUEUED_AT_ONCE = 50
"""The most messages that one sweep enqueues. The next sweep enqueues the rest."""


def waiting_jobs(*, now: datetime) -> JobQuerySet:
    """Return the jobs that a worker may claim: they are queued, or running under an expired lease.

    AV1 jobs must wait as long as any job that makes a clip playable is queued or running.
    """
    unfinished = Job.objects.filter(kind=JobKind.PLAYABLE, state__in=(JobState.QUEUED, JobState.RUNNING))
    kind = JobKind.PLAYABLE if unfinished.exists() else JobKind.AV1
    return Job.objects.claimable_at(now).filter(kind=kind)


def fitting_jobs(*, now: datetime) -> JobQuerySet:
    """Return the waiting jobs for which this machine's disk has room. The others keep no job waiting, not even AV1 jobs."""
    running = Job.objects.filter(kind=JobKind.PLAYABLE, state=JobState.RUNNING, leased_until__gte=now)
    fitting = _fitting(Job.objects.claimable_at(now))
    playable = fitting.filter(kind=JobKind.PLAYABLE)
    return playable if playable.exists() or running.exists() else fitting.filter(kind=JobKind.AV1)


def _fitting(jobs: JobQuerySet) -> JobQuerySet:
    return jobs.filter(source__size_bytes__lte=free_bytes() // WORK_COPIES)


def count_waiting_jobs(*, now: datetime) -> int:
    """Return the number of waiting jobs, but at most MAX_ENQUEUED_AT_ONCE."""
    return waiting_jobs(now=now)[:MAX_ENQUEUED_AT_ONCE].count()


def next_job_ids(*, now: datetime) -> list[int]:
    """Return the id of each creator's oldest waiting job that fits on the disk, in the order in which to claim them.

    The creator with the fewest running jobs comes first. In a tie, the creator whose latest job started longest ago
    comes first, and then the creator whose job has waited longest.
    """
    return _fair_order(fitting_jobs(now=now), now=now)


def should_yield(job_id: int, *, now: datetime) -> bool:
    """Return whether a running job should be requeued so that a more urgent job can run.

    An AV1 job yields to every job that makes a clip playable. For a job that makes a clip playable, these rules apply:

    - It yields only if its creator has more such jobs waiting and another creator comes first.
    - If its creator has several such jobs running, the one that started last yields first.
    - For each creator who comes first, only one job yields.
    - A job yields at most MAX_YIELDS times.
    """
    job = Job.objects.select_related("source").get(pk=job_id)
    waiting = _fitting(Job.objects.claimable_at(now)).filter(kind=JobKind.PLAYABLE)
    if job.kind == JobKind.AV1:
        return waiting.exists()
    creator_id = job.source.creator_id
    of_creator, of_others = waiting.filter(source__creator=creator_id), waiting.exclude(source__creator=creator_id)
    if _count_yields(job) >= MAX_YIELDS or not of_creator.exists() or not of_others.exists():
        return False
    running = Job.objects.filter(source__creator=creator_id, state=JobState.RUNNING, leased_until__gte=now)
    started_later = running.filter(kind=JobKind.PLAYABLE, started_at__gt=job.started_at)
    if started_later.filter(progress_percent__lt=WATCHABLE_PERCENT).exists():
        return False
    candidates = Job.objects.filter(Q(pk__in=of_others.values("pk")) | Q(pk=job_id))
    order = _fair_order(candidates, now=now, ignored_job_id=job_id)
    yielded = of_creator.filter(token__gt=F("attempt")).count()  # their workers will claim others' jobs
    return order.index(job_id) > yielded


def _count_yields(job: Job) -> int:
    """Return how many times a job has yielded.

    Every run adds one to `token`, but runs that yielded are not counted in `attempt`.
    """
    return job.token - job.attempt


def _fair_order(jobs: JobQuerySet, *, now: datetime, ignored_job_id: int = 0) -> list[int]:
    """Return the id of each creator's oldest job among `jobs`, in the order in which to claim them.

    The job `ignored_job_id` does not count as a running or earlier job of its creator.
    """
    oldest = jobs.order_by("source__creator_id", "queued_at", "pk").distinct("source__creator_id")
    oldest_by_creator = {
        creator_id: (queued_at, job_id)
        for creator_id, queued_at, job_id in oldest.values_list("source__creator_id", "queued_at", "pk")
    }
    recent = Job.objects.filter(source__creator__in=oldest_by_creator, started_at__gte=now - SERVICE_HISTORY)
    service_by_creator = {
        row["source__creator_id"]: (row["running"], row["last_at"])
        for row in recent.exclude(pk=ignored_job_id)
        .values("source__creator_id")
        .annotate(
            running=Count("pk", filter=Q(state=JobState.RUNNING, leased_until__gte=now)), last_at=Max("started_at")
        )
    }
    never_served = (0, now - SERVICE_HISTORY)

    def rank(creator_id: int) -> tuple[int, datetime, datetime, int]:
        return (*service_by_creator.get(creator_id, never_served), *oldest_by_creator[creator_id])

    return [oldest_by_creator[creator_id][1] for creator_id in sorted(oldest_by_creator, key=rank)]
