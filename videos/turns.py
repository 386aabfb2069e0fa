"""Whose turn it is: which waiting job a free worker takes, so that nobody's hundred clips hold up another's one."""

from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from videos.models import Job, JobKind, JobState
from videos.models.job import JobQuerySet

REMEMBERED = timedelta(days=1)
"""For how long it counts when a creator was last served."""

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
    oldest = waiting_jobs(now=now).order_by("source__creator_id", "queued_at", "pk").distinct("source__creator_id")
    heads = {
        creator: (queued_at, pk)
        for creator, queued_at, pk in oldest.values_list("source__creator_id", "queued_at", "pk")
    }
    lately = Job.objects.filter(source__creator__in=heads, started_at__gte=now - REMEMBERED).values(
        "source__creator_id"
    )
    served = {
        row["source__creator_id"]: (row["running"], row["last_at"])
        for row in lately.annotate(
            running=Count("pk", filter=Q(state=JobState.RUNNING, leased_until__gte=now)), last_at=Max("started_at")
        )
    }
    never = (0, now - REMEMBERED)
    return [heads[creator][1] for creator in sorted(heads, key=lambda one: (*served.get(one, never), *heads[one]))]


def is_anything_more_urgent(kind: str, *, now: datetime) -> bool:
    """Tell whether a job that makes a clip smaller should give way to one that makes another playable."""
    return kind == JobKind.AV1 and Job.objects.claimable_at(now).filter(kind=JobKind.PLAYABLE).exists()
