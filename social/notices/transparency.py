"""The yearly numbers of moderation that the law asks for, as CSV. Source: Regulation (EU) 2022/2065 (DSA), article 15."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import user_with_permission
from accounts.keys import parse_key
from catalog.csv_files import iterate_csv, respond_with_csv
from social.models import LegalNotice, Removal, RemovalState, Report
from videos.models import Appeal, Decision, DecisionBasis

COLUMNS = ("measure", "kind", "value")
DECIDED = (RemovalState.UPHELD, RemovalState.RESTORED)


@require_safe
@never_cache
def download_numbers(request: HttpRequest) -> HttpResponse:
    """Return the numbers of `?year=`, or of the last whole year. Names are English and fixed, for other programs."""
    user_with_permission(request, "social.view_legalnotice")
    year = parse_key(request.GET.get("year", "")) or timezone.now().year - 1
    year = min(max(year, 2000), 9998)
    rows = count_year(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    return respond_with_csv(iterate_csv(COLUMNS, rows), file_name=f"transparency-{year}.csv")


def count_year(first: datetime, end: datetime) -> Iterator[tuple[str, str, int | float]]:
    """Yield name, kind and value of each number between two times, of what was sent or done then."""

    def within(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
        return rows.filter(**{f"{column}__gte": first, f"{column}__lt": end})

    notices, removals = within(LegalNotice.objects.all(), "created_at"), within(Removal.objects.all(), "removed_at")
    decisions = within(Decision.objects.effective(), "decided_at")
    yield from _by("notices", notices, "kind")
    yield from _by("notice_actions", notices.exclude(action=""), "action")
    yield "notice_median_hours", "", _median_hours(notices, "created_at", "decided_at")
    yield from _by("reports", within(Report.objects.all(), "created_at"), "reason")
    yield from _by("removals", removals, "kind")
    yield from _by("removal_reasons", removals, "reason")
    yield from _by("post_decisions", decisions.filter(basis=DecisionBasis.REVIEW), "action")
    yield from _by("automatic_post_decisions", decisions.filter(basis=DecisionBasis.TRUST), "action")
    appeals = within(Removal.objects.all(), "appealed_at")
    yield from _by("appeals", appeals, "kind")
    yield from _by("appeals_decided", appeals.filter(state__in=DECIDED), "state")
    yield "appeal_median_hours", "", _median_hours(appeals, "appealed_at", "decided_at")
    yield "post_appeals", "", within(Appeal.objects.all(), "appealed_at").count()


def _by(measure: str, rows: QuerySet[Any], column: str) -> list[tuple[str, str, int]]:
    """Return how many rows there are in all, and of each value of a column."""
    counts = list(rows.order_by(column).values_list(column).annotate(count=Count("pk")))
    total = sum(count for _value, count in counts)
    return [(measure, "", total), *((measure, str(value), count) for value, count in counts)]


def _median_hours(rows: QuerySet[Any], start: str, end: str) -> float:
    """Return the median of the hours between two times of the rows that have both, or 0."""
    pairs = rows.exclude(**{start: None}).exclude(**{end: None}).values_list(start, end)
    spans = [(ended - started) / timedelta(hours=1) for started, ended in pairs]
    return round(median(spans), 1) if spans else 0
