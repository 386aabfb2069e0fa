"""Review metrics: the backlog, review times, decisions by moderator, and overturned decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from videos.models import Appeal, AuditAction, AuditEntry, Clip, Decision, DecisionAction, DecisionBasis, Reason
from videos.models.review import OUTCOMES
from videos.review.deadlines import Percentile, format_duration, overdue_cutoff
from videos.states import ClipState

DAYS = 30
MAX_BARS = 12
"""How many moderators and reasons the charts show."""
AGES = (timedelta(hours=6), timedelta(hours=24), timedelta(hours=48))
"""Boundaries between the chart's ranges of waiting times."""


@dataclass(frozen=True)
class MetricBar:
    """One bar of a chart. `share` is its length in thousandths of the longest bar."""

    label: str
    count: int
    share: int
    note: str = ""


@dataclass(frozen=True)
class DailyCount:
    """One day's column in the decisions chart. `x` and `height` are in the chart's own units."""

    on: date
    count: int
    x: int
    height: int


@dataclass(frozen=True)
class Metrics:
    """The current backlog, and figures for the last 30 days. `median` and `percentile_95` are review times."""

    waiting: int
    oldest: timedelta | None
    overdue: int
    median: timedelta | None
    percentile_95: timedelta | None
    decided: int
    appeals: int
    overturned: int
    refused: int
    trusted: int
    days: list[DailyCount]
    ages: list[MetricBar]
    moderators: list[MetricBar]
    reasons: list[MetricBar]
    actions: list[MetricBar]


def read_metrics(*, now: datetime) -> Metrics:
    """Return the current backlog and the metrics for the last 30 days."""
    since = now - timedelta(days=DAYS)
    review_time = ExpressionWrapper(F("decided_at") - F("revision__submitted_at"), output_field=DurationField())
    decisions = Decision.objects.effective().filter(decided_at__gte=since)
    is_review = Q(basis=DecisionBasis.REVIEW) & ~Q(action=DecisionAction.REMOVE)
    totals = decisions.aggregate(
        median=Percentile(review_time, share=0.5, filter=is_review),
        percentile_95=Percentile(review_time, share=0.95, filter=is_review),
        decided=Count("pk", filter=is_review),
        overturned=Count("pk", filter=Q(state_before=ClipState.APPEALED, action=DecisionAction.APPROVE)),
        trusted=Count("pk", filter=Q(basis=DecisionBasis.TRUST)),
        **_count_actions(),
    )
    waiting = Clip.objects.filter(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED))
    now_waiting = waiting.aggregate(
        waiting=Count("pk"),
        oldest=Min("submitted_at"),
        overdue=Count("pk", filter=Q(submitted_at__lt=overdue_cutoff(now))),
        **_count_ages(now),
    )
    oldest = now_waiting["oldest"]
    return Metrics(
        waiting=now_waiting["waiting"],
        oldest=now - oldest if oldest else None,
        overdue=now_waiting["overdue"],
        appeals=Appeal.objects.filter(appealed_at__gte=since).count(),
        refused=AuditEntry.objects.filter(action=AuditAction.REFUSED, at__gte=since).count(),
        days=_days(now),
        ages=_ages([now_waiting[name] for name in _count_ages(now)]),
        moderators=_moderators(decisions.by_moderators(), review_time),
        reasons=_reasons(since),
        actions=_actions(totals),
        median=totals["median"],
        percentile_95=totals["percentile_95"],
        decided=totals["decided"],
        overturned=totals["overturned"],
        trusted=totals["trusted"],
    )


def _count_ages(now: datetime) -> dict[str, Count]:
    """Return the aggregates that count the clips in each range of waiting times. The shortest comes first."""
    ends = [None, *(now - age for age in AGES), None]
    spans = [
        Q(**({"submitted_at__lt": late} if late else {}), **({"submitted_at__gte": early} if early else {}))
        for late, early in pairwise(ends)
    ]
    return {f"age_{number}": Count("pk", filter=span) for number, span in enumerate(spans)}


def _ages(counts: Sequence[int]) -> list[MetricBar]:
    """Return one bar for each range of waiting times, with the number of clips in it. The shortest comes first."""
    hours = [int(age.total_seconds() // 3600) for age in AGES]
    labels = [_("under %(hours)d h") % {"hours": hours[0]}]
    labels += [_("%(from)d to %(to)d h") % {"from": first, "to": last} for first, last in pairwise(hours)]
    labels += [_("over %(hours)d h") % {"hours": hours[-1]}]
    longest = max(1, *counts)
    return [MetricBar(label, count, count * 1000 // longest) for label, count in zip(labels, counts, strict=True)]


def _days(now: datetime) -> list[DailyCount]:
    daily_counts = (
        Decision.objects.effective()
        .filter(decided_at__gte=now - timedelta(days=DAYS))
        .annotate(on=TruncDate("decided_at"))
        .values("on")
        .annotate(count=Count("pk"))
        .values_list("on", "count")
    )
    counts = dict(daily_counts)
    longest = max(counts.values(), default=1)
    dates = [(now - timedelta(days=back)).date() for back in range(DAYS - 1, -1, -1)]
    return [
        DailyCount(on, counts.get(on, 0), index * 20, counts.get(on, 0) * 100 // longest)
        for index, on in enumerate(dates)
    ]


def _count_actions() -> dict[str, Count]:
    """Return the aggregates that count the decisions of each action."""
    return {f"action_{action}": Count("pk", filter=Q(action=action)) for action in DecisionAction}


def _actions(counts: Mapping[str, int]) -> list[MetricBar]:
    """Return a bar for each action that was taken, the most frequent first."""
    taken = {action: counts[f"action_{action}"] for action in DecisionAction}
    ranked = sorted(taken.items(), key=lambda item: -item[1])
    return _bars([(str(OUTCOMES[action]), count, "") for action, count in ranked if count])


def _reasons(since: datetime) -> list[MetricBar]:
    """Return a bar for each of the most frequent reasons, in the reader's language."""
    recent = Q(decision__undone_at=None, decision__decided_at__gte=since)
    reasons = Reason.objects.annotate(count=Count("decision", filter=recent)).filter(count__gt=0).order_by("-count")
    language = get_language() or "en"
    return _bars([(reason.text_in(language), reason.count, "") for reason in reasons[:MAX_BARS]])


def _moderators(decisions: QuerySet[Decision], review_time: ExpressionWrapper[Any]) -> list[MetricBar]:
    """Return a bar for each of the moderators who decided most, with their median time as its note."""
    rows = decisions.values("moderator__email").annotate(count=Count("pk")).order_by("-count")
    rows = rows.annotate(median=Percentile(review_time, share=0.5))[:MAX_BARS]
    return _bars([(row["moderator__email"], row["count"], format_duration(row["median"])) for row in rows])


def _bars(rows: Sequence[tuple[str, int, str]]) -> list[MetricBar]:
    """Return a bar for each label with its count and note, the most frequent first."""
    longest = max((count for _label, count, _note in rows), default=1)
    return [MetricBar(label, count, count * 1000 // longest, note) for label, count, note in rows]
