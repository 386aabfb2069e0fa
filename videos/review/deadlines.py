"""Review deadlines: estimates for creators, due times of submissions, and expiry of held slots."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Aggregate, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.utils.timesince import timesince
from django.utils.timezone import now as current_time

from accounts.sweeps import do_each
from creators.models import Slot, SlotReason
from creators.slots import release_slot
from videos.models import Clip, Decision
from videos.states import ClipState

MEDIAN_SAMPLE_SIZE = 200
"""How many of the latest decisions count towards the median review time."""
FAR_BEHIND_CLIPS = 10
"""From how many clips on the desk counts as far behind."""

QUEUED_STATES = (ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.APPEALED)
AWAITING_CREATOR = (ClipState.CHANGES_REQUESTED, ClipState.FAILED)


class Percentile(Aggregate):
    """A percentile of durations, computed by PostgreSQL. `share` is between 0 and 1: 0.5 gives the median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s) %(filter)s"
    output_field = DurationField()


@dataclass(frozen=True)
class ReviewEstimate:
    """An estimate of when a clip will be reviewed.

    `position` is the clip's place in the queue, starting at 1. `median_time` is the median time from submission to
    decision. It is None if there are no decisions yet.
    """

    position: int
    median_time: timedelta | None
    due_at: datetime


def due_at(submitted_at: datetime) -> datetime:
    """Return the time by which a clip submitted at `submitted_at` should be decided on."""
    return submitted_at + timedelta(hours=settings.REVIEW_DUE_HOURS)


def overdue_cutoff(now: datetime) -> datetime:
    """Return the cutoff for overdue clips. A waiting clip that was submitted before this time is overdue."""
    return now - timedelta(hours=settings.REVIEW_DUE_HOURS)


def is_desk_far_behind(now: datetime) -> bool:
    """Return whether several clips have been waiting for twice as long as they should. One that was forgotten is few."""
    cutoff = now - 2 * timedelta(hours=settings.REVIEW_DUE_HOURS)
    late = Clip.objects.filter(state=ClipState.IN_REVIEW, submitted_at__lt=cutoff)
    return late[:FAR_BEHIND_CLIPS].count() == FAR_BEHIND_CLIPS


def estimate_review(clip: Clip) -> ReviewEstimate | None:
    """Return the review estimate for a clip that waits to be processed or reviewed. Return None for other clips."""
    if clip.submitted_at is None or clip.state not in QUEUED_STATES:
        return None
    earlier = Q(submitted_at__lt=clip.submitted_at) | Q(submitted_at=clip.submitted_at, pk__lt=clip.pk)
    ahead = Clip.objects.filter(earlier, state__in=QUEUED_STATES).count()
    return ReviewEstimate(position=ahead + 1, median_time=median_review_time(), due_at=due_at(clip.submitted_at))


def median_review_time() -> timedelta | None:
    """Return the median time from submission to a moderator's decision, or None if there are no decisions yet."""
    decisions = Decision.objects.effective().by_moderators().order_by("-decided_at")
    latest = decisions.values("pk")[:MEDIAN_SAMPLE_SIZE]
    review_time = ExpressionWrapper(F("decided_at") - F("revision__submitted_at"), output_field=DurationField())
    values = Decision.objects.filter(pk__in=latest).aggregate(median=Percentile(review_time, share=0.5))
    median: timedelta | None = values["median"]
    return median


def format_duration(duration: timedelta | None) -> str:
    """Format a duration in its largest unit, such as “3 hours”.

    Durations under a minute become “1 minute”. None becomes an empty string.
    """
    if duration is None:
        return ""
    end = current_time()
    return timesince(end - max(duration, timedelta(minutes=1)), end, depth=1)


def expire_held_slots(*, now: datetime, at_most: int = 500) -> int:
    """Release the slots of clips whose creators took too long to resubmit. Return the number of released slots.

    The campaign's terms say how long is too long. Each clip becomes a draft again. The creator can resubmit it as long
    as the campaign has free slots.
    """
    waiting = Clip.objects.filter(code=OuterRef("clip_code"), state__in=AWAITING_CREATOR)
    held = Slot.objects.held().select_related("terms").annotate(since=Subquery(waiting.values("state_changed_at")))
    hold_period = ExpressionWrapper(F("terms__hold_days") * timedelta(days=1), output_field=DurationField())
    overdue = held.filter(since__lte=now - hold_period).order_by("since")[:at_most]
    return do_each(overdue, lambda slot: _expire(slot, now))


def _expire(slot: Slot, now: datetime) -> int:
    cutoff = now - timedelta(days=slot.terms.hold_days)
    with transaction.atomic():
        clip = Clip.objects.select_for_update().filter(code=slot.clip_code).first()
        if clip is None or clip.state not in AWAITING_CREATOR or clip.state_changed_at > cutoff:
            return 0
        Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.DRAFT, now=now, submitted_at=None)
        return release_slot(slot_id=slot.pk, reason=SlotReason.EXPIRED, now=now)
