"""Figures of the review: what waits, how long it takes, who decides, and what is overturned."""

from collections.abc import Mapping
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
AGES = (timedelta(hours=6), timedelta(hours=24), timedelta(hours=48))
"""Where the bars of the chart of ages part."""


@dataclass(frozen=True)
class ChartBar:
    """One bar of a chart; `share` is thousandths of the longest."""

    label: str
    count: int
    share: int
    note: str = ""


@dataclass(frozen=True)
class DailyCount:
    on: date
    count: int
    x: int
    height: int


@dataclass(frozen=True)
class Metrics:
    waiting: int
    oldest: timedelta | None
    overdue: int
    median: timedelta | None
    slow: timedelta | None
    decided: int
    appeals: int
    overturned: int
    refused: int
    trusted: int
    days: list[DailyCount]
    ages: list[ChartBar]
    moderators: list[ChartBar]
    reasons: list[ChartBar]
    actions: list[ChartBar]


def read_metrics(*, now: datetime) -> Metrics:
    """Read the figures of the last 30 days, and of what waits now."""
    since = now - timedelta(days=DAYS)
    waited = ExpressionWrapper(F("decided_at") - F("revision__submitted_at"), output_field=DurationField())
    decisions = Decision.objects.effective().filter(decided_at__gte=since)
    times = (
        decisions.by_moderators()
        .exclude(action=DecisionAction.REMOVE)
        .aggregate(median=Percentile(waited, share=0.5), slow=Percentile(waited, share=0.95), decided=Count("pk"))
    )
    waiting = Clip.objects.filter(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED))
    now_waiting = waiting.aggregate(
        waiting=Count("pk"),
        oldest=Min("submitted_at"),
        overdue=Count("pk", filter=Q(submitted_at__lt=overdue_cutoff(now))),
    )
    oldest = now_waiting["oldest"]
    return Metrics(
        waiting=now_waiting["waiting"],
        oldest=now - oldest if oldest else None,
        overdue=now_waiting["overdue"],
        appeals=Appeal.objects.filter(appealed_at__gte=since).count(),
        overturned=decisions.filter(state_before=ClipState.APPEALED, action=DecisionAction.APPROVE).count(),
        refused=AuditEntry.objects.filter(action=AuditAction.REFUSED, at__gte=since).count(),
        days=_days(now),
        ages=_ages(waiting, now),
        trusted=decisions.filter(basis=DecisionBasis.TRUST).count(),
        moderators=_bars(decisions.by_moderators(), "moderator__email", note=waited),
        reasons=_bars(decisions.exclude(reason=None), "reason", names=_reasons()),
        actions=_bars(decisions, "action", names=OUTCOMES),
        **times,
    )


def _ages(waiting: QuerySet[Clip], now: datetime) -> list[ChartBar]:
    """Count what waits by how long it has waited, the youngest first."""
    ends = [None, *(now - age for age in AGES), None]
    spans = [
        Q(**({"submitted_at__lt": late} if late else {}), **({"submitted_at__gte": early} if early else {}))
        for late, early in pairwise(ends)
    ]
    counts = waiting.aggregate(**{f"age_{number}": Count("pk", filter=span) for number, span in enumerate(spans)})
    hours = [int(age.total_seconds() // 3600) for age in AGES]
    labels = [_("under %(hours)d h") % {"hours": hours[0]}]
    labels += [_("%(from)d to %(to)d h") % {"from": first, "to": last} for first, last in pairwise(hours)]
    labels += [_("over %(hours)d h") % {"hours": hours[-1]}]
    longest = max(1, *counts.values())
    return [
        ChartBar(label, count, count * 1000 // longest) for label, count in zip(labels, counts.values(), strict=True)
    ]


def _days(now: datetime) -> list[DailyCount]:
    counted = (
        Decision.objects.effective()
        .filter(decided_at__gte=now - timedelta(days=DAYS))
        .annotate(on=TruncDate("decided_at"))
        .values("on")
        .annotate(count=Count("pk"))
        .values_list("on", "count")
    )
    counts = dict(counted)
    longest = max(counts.values(), default=1)
    dates = [(now - timedelta(days=back)).date() for back in range(DAYS - 1, -1, -1)]
    return [
        DailyCount(on, counts.get(on, 0), index * 20, counts.get(on, 0) * 100 // longest)
        for index, on in enumerate(dates)
    ]


def _reasons() -> dict[int, str]:
    return {reason.pk: reason.text_in(get_language() or "en") for reason in Reason.objects.all()}


def _bars(
    decisions: QuerySet[Decision],
    field: str,
    note: ExpressionWrapper[Any] | None = None,
    names: Mapping[Any, Any] | None = None,
) -> list[ChartBar]:
    rows = decisions.values(field).annotate(count=Count("pk")).order_by("-count")
    if note is not None:
        rows = rows.annotate(middle=Percentile(note, share=0.5))
    found = list(rows[:12])
    longest = max((row["count"] for row in found), default=1)
    return [
        ChartBar(
            str((names or {}).get(row[field], row[field])),
            row["count"],
            row["count"] * 1000 // longest,
            format_duration(row["middle"]) if note else "",
        )
        for row in found
    ]
