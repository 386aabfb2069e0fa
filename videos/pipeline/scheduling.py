"""Whose turn it is: which waiting job a free worker takes, so that nobody's hundred clips hold up another's one."""

from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q

from videos.media.running import QUICK_SHARE
from videos.models import Job, JobKind, JobState
from videos.models.job import JobQuerySet

REMEMBERED = timedelta(days=1)
"""For how long it counts when a creator was last served."""

GIVES_WAY_AT_MOST = 5
WATCHABLE = QUICK_SHARE * 100
"""Percent from which on a clip can be watched."""

BELLS_AT_ONCE = 50
"""A sweep rings no more bells than this; each is for one job, and the next sweep rings again."""


def waiting_jobs(*, now: datetime) -> JobQuerySet:
    """Return jobs to take: queued, or silent beyond their lease.

    What only makes clips smaller waits until nothing is left that makes them playable.
    """
    unfinished = Job.objects.filter(kind=JobKind.PLAYABLE, state__in=(JobState.QUEUED, JobState.RUNNING))
    kind = JobKind.PLAYABLE if unfinished.exists() else JobKind.AV1
    return Job.objects.claimable_at(now).filter(kind=kind)


def count_bells(*, now: datetime) -> int:
    """Return how many bells to ring for what waits, whatever became of the first ones."""
    return waiting_jobs(now=now)[:BELLS_AT_ONCE].count()


def next_job_ids(*, now: datetime) -> list[int]:
    """Return the oldest waiting job of each creator, in the order in which to take them.

    First comes who has the fewest jobs running, then who was served longest ago, then who waits longest. A free
    worker takes the first; the others are for when another worker was quicker.
    """
    return _line(waiting_jobs(now=now), now=now)


def is_to_give_way(job_id: int, *, now: datetime) -> bool:
    """Tell whether a running job would not come first if it were put back now, so that somebody else's should.

    A job that makes clips smaller gives way to all that make one playable. One of these does when its creator has more
    of them waiting and another creator is first in line: of several that are running the last begun, one for each other
    creator, and each five times at most.
    """
    job = Job.objects.select_related("source").get(pk=job_id)
    waiting = Job.objects.claimable_at(now).filter(kind=JobKind.PLAYABLE)
    if job.kind == JobKind.AV1:
        return waiting.exists()
    creator_id = job.source.creator_id
    more, others = waiting.filter(source__creator=creator_id), waiting.exclude(source__creator=creator_id)
    if _gave_way_times(job) >= GIVES_WAY_AT_MOST or not more.exists() or not others.exists():
        return False
    later = Job.objects.filter(source__creator=creator_id, state=JobState.RUNNING, leased_until__gte=now)
    if later.filter(kind=JobKind.PLAYABLE, started_at__gt=job.started_at, progress_percent__lt=WATCHABLE).exists():
        return False
    line = _line(Job.objects.filter(Q(pk__in=others.values("pk")) | Q(pk=job_id)), now=now, without=job_id)
    given_way = more.filter(token__gt=F("attempt")).count()  # whose workers are on their way to others already
    return line.index(job_id) > given_way


def _gave_way_times(job: Job) -> int:
    """Return how often a job was put back for another: that counts as a claim, and not as an attempt."""
    return job.token - job.attempt


def _line(jobs: JobQuerySet, *, now: datetime, without: int = 0) -> list[int]:
    """Return each creator's oldest of these jobs, in turn. What `without` did for its creator so far does not count."""
    oldest = jobs.order_by("source__creator_id", "queued_at", "pk").distinct("source__creator_id")
    heads = {
        creator: (queued_at, pk)
        for creator, queued_at, pk in oldest.values_list("source__creator_id", "queued_at", "pk")
    }
    lately = Job.objects.filter(source__creator__in=heads, started_at__gte=now - REMEMBERED).exclude(pk=without)
    served = {
        row["source__creator_id"]: (row["running"], row["last_at"])
        for row in lately.values("source__creator_id").annotate(
            running=Count("pk", filter=Q(state=JobState.RUNNING, leased_until__gte=now)), last_at=Max("started_at")
        )
    }
    never = (0, now - REMEMBERED)
    return [heads[creator][1] for creator in sorted(heads, key=lambda one: (*served.get(one, never), *heads[one]))]
