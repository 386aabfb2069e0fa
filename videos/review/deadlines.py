"""The review clock that creators see: place in the queue, usual time, due time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Aggregate, DurationField, F, Q
from django.utils.timesince import timesince
from django.utils.timezone import now as current_time

from videos.models import Clip, Decision
from videos.states import ClipState

MEDIAN_SAMPLE_SIZE = 200
"""How many of the latest decisions the usual time is taken from."""


class Percentile(Aggregate):
    """The value below which a share of all lies, as PostgreSQL interpolates it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class ReviewEstimate:
    """Place 1 is next. `usual` is the median from submission to decision, None while there are no decisions."""

    place: int
    usual: timedelta | None
    due_at: datetime

    def is_overdue(self, now: datetime) -> bool:
        return now > self.due_at


def due_at(submitted_at: datetime) -> datetime:
    """Return when a submission should be decided."""
    return submitted_at + timedelta(hours=settings.REVIEW_DUE_HOURS)


def overdue_cutoff(now: datetime) -> datetime:
    """Return the time of submission before which everything should have been decided by `now`."""
    return now - timedelta(hours=settings.REVIEW_DUE_HOURS)


def estimate_review(clip: Clip) -> ReviewEstimate | None:
    """Return the clock of a clip that waits for review, or is on its way there; None for any other."""
    if clip.submitted_at is None or clip.state not in QUEUED_STATES:
        return None
    earlier = Q(submitted_at__lt=clip.submitted_at) | Q(submitted_at=clip.submitted_at, pk__lt=clip.pk)
    before = Clip.objects.filter(earlier, state__in=QUEUED_STATES).count()
    return ReviewEstimate(place=before + 1, usual=median_review_time(), due_at=due_at(clip.submitted_at))


QUEUED_STATES = (ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.APPEALED)


def median_review_time() -> timedelta | None:
    """Return the median time from a submission to its decision, over the latest decisions."""
    latest = Decision.objects.effective().by_moderators().order_by("-decided_at").values("pk")[:MEDIAN_SAMPLE_SIZE]
    waited = models.ExpressionWrapper(F("decided_at") - F("revision__submitted_at"), output_field=DurationField())
    found: timedelta | None = Decision.objects.filter(pk__in=latest).aggregate(median=Percentile(waited, share=0.5))[
        "median"
    ]
    return found


def in_words(length: timedelta | None) -> str:
    """Write a length of time with its largest unit: "3 hours". Return an empty text for None."""
    if length is None:
        return ""
    until = current_time()
    return timesince(until - max(length, timedelta(minutes=1)), until, depth=1)
