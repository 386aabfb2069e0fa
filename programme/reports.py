"""Reports of posts: by day, by post, and how far people watched a film. A missing number is of fewer than five people.

Columns are the measures by name, "orders", and "earned_minor" or "sold_minor" (the scope's `money_column`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone

from programme.models import FIRST_BUCKET, RETENTION_BUCKETS, AudienceCount, Measure
from programme.periods import Period
from programme.scopes import Scope
from videos.models import Clip

POSTS_PER_PAGE = 20
MEASURE_NAMES = {measure.value: measure.name.lower() for measure in Measure}
type Numbers = dict[str, int]


@dataclass(frozen=True)
class PostReport:
    """The numbers of a period and of the one before it, and those of each day that has any."""

    period: Period
    totals: Numbers
    previous: Numbers
    days: Mapping[date, Numbers]


@dataclass(frozen=True)
class PostRow:
    clip: Clip
    numbers: Numbers


@dataclass(frozen=True)
class RetentionPoint:
    """How many of those who began a film were still watching after `percent` of its length."""

    percent: int
    people: int
    share_percent: int


def read_report(scope: Scope, period: Period) -> PostReport:
    """Read the numbers of both periods in three queries."""
    days = _read_numbers(scope, Period(period.previous.first, period.last), by="day")
    current = {day: numbers for day, numbers in days.items() if day >= period.first}
    return PostReport(
        period=period,
        totals=_add_up(current.values()),
        previous=_add_up(numbers for day, numbers in days.items() if day < period.first),
        days=current,
    )


def read_posts(scope: Scope, period: Period, *, page_number: str | None) -> tuple[Page[Any], list[PostRow]]:
    """Return a page of the posts, most viewed first, with their numbers, in five queries."""
    views = (
        AudienceCount.objects.during(period)
        .filter(clip=OuterRef("pk"), measure=Measure.VIEWS)
        .order_by()
        .values("clip")
        .annotate(people=Sum("people"))
    )
    clips = scope.clips.exclude(published_at=None).annotate(views=Subquery(views.values("people")))
    page = Paginator(clips.order_by(F("views").desc(nulls_last=True), "-pk"), POSTS_PER_PAGE).get_page(page_number)
    shown = Scope(Clip.objects.filter(pk__in=[clip.pk for clip in page]), scope.creator, scope.merchant)
    numbers = _read_numbers(shown, period, by="post")
    return page, [PostRow(clip, numbers.get(clip.code, {})) for clip in page]


def read_days_of_posts(scope: Scope, period: Period) -> dict[tuple[date, str], Numbers]:
    """Return the numbers of each day and post that has any, by day and code."""
    return _read_numbers(scope, period, by="both")


def read_retention(scope: Scope, period: Period) -> list[RetentionPoint]:
    """Return the retention curve of a scope's films in a period, from 0 % on, or nothing without enough people."""
    rows = scope.find_audience(period).of_buckets().order_by().values_list("measure").annotate(people=Sum("people"))
    left = {measure - FIRST_BUCKET: people for measure, people in rows}
    total = sum(left.values())
    points = []
    for bucket in range(RETENTION_BUCKETS if total else 0):
        people = sum(number for other, number in left.items() if other >= bucket)
        points.append(RetentionPoint(bucket * 100 // RETENTION_BUCKETS, people, round(people * 100 / total)))
    return points


def _read_numbers(scope: Scope, period: Period, *, by: str) -> dict[Any, Numbers]:
    """Return numbers by day, by the code of a post, or by both."""
    keys = {"day": ["on"], "post": ["clip__code"], "both": ["on", "clip__code"]}[by]
    numbers: dict[Any, Numbers] = defaultdict(dict)
    audience = scope.find_audience(period).of_measures().order_by().values_list(*keys, "measure")
    for *key, measure, people in audience.annotate(people=Sum("people")):
        numbers[_key_of(key)][MEASURE_NAMES[measure]] = people
    column = "sold_minor" if scope.merchant else "commission_minor"
    sales = scope.find_sales(period).order_by().values_list(*keys)
    for *key, orders, amount_minor in sales.annotate(Sum("orders"), Sum(column)):
        numbers[_key_of(key)] |= {"orders": orders, scope.money_column: amount_minor}
    if scope.creator is not None:
        fee_keys = [{"on": "day", "clip__code": "slot__clip_code"}[name] for name in keys]
        days = scope.find_fees(period).annotate(day=TruncDate("occurred_at", tzinfo=get_default_timezone()))
        fees = days.order_by().values_list(*fee_keys)
        for *key, fee_minor in fees.annotate(owed_minor=Sum(F("gross_minor") - F("agency_minor"))):
            of_key = numbers[_key_of(key)]
            of_key["earned_minor"] = of_key.get("earned_minor", 0) + fee_minor
    return dict(numbers)


def _key_of(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)


def _add_up(rows: Iterable[Numbers]) -> Numbers:
    total: Numbers = {}
    for numbers in rows:
        for column, number in numbers.items():
            total[column] = total.get(column, 0) + number
    return total
