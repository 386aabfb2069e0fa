"""What the pages of creators and of merchants show of a scope: figures, a chart with its table, posts, retention."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.csv_files import iterate_csv, respond_with_csv
from payouts.charts import build_bar_chart
from programme.columns import Column, choose_column, list_columns
from programme.day_counts import get_counted_until
from programme.periods import LENGTHS_DAYS, Period
from programme.reports import Numbers, PostReport, read_days_of_posts, read_posts, read_report, read_retention
from programme.scopes import Scope


@dataclass(frozen=True)
class Cell:
    """A number of a column. It is None if fewer than five people are in it."""

    column: Column
    number: int | None
    change_percent: int | None = None
    """Against the period before; None if either number is missing."""


def parse_period(request: HttpRequest) -> tuple[Period, str]:
    """Return the period that the address asks for and, if it asks for none, the last 28 days and a sentence."""
    until = get_counted_until(timezone.now())
    try:
        return Period.parse(request.GET, until=until), ""
    except ValueError:
        return Period.parse({}, until=until), _("Choose a first and a last day that are at most one year apart.")


def build_context(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """Return what every page of analytics shows: figures, and the chart and table of one column."""
    period, problem = parse_period(request)
    report = read_report(scope, period)
    column = choose_column(scope, request.GET.get("measure", ""))
    days = period.list_days()
    numbers = [report.days.get(day, {}).get(column.name) for day in days]
    return {
        "period": period,
        "problem": problem,
        "lengths": LENGTHS_DAYS,
        "is_own_period": bool(request.GET.get("from")),
        "figures": _build_figures(scope, report),
        "column": column,
        "currency": settings.CURRENCY if column.is_money else "",
        "shop_currency": settings.CURRENCY,
        "chart": build_bar_chart([(_name_day(day), number or 0) for day, number in zip(days, numbers, strict=True)]),
        "day_rows": [row for row in zip(days, numbers, strict=True) if row[1] is not None][::-1],
    }


def build_posts_context(request: HttpRequest, scope: Scope, period: Period) -> dict[str, Any]:
    page, rows = read_posts(scope, period, page_number=request.GET.get("page"))
    columns = list_columns(scope)
    return {"page": page, "columns": columns, "rows": [(row.clip, _fill(columns, row.numbers)) for row in rows]}


def build_retention_context(scope: Scope, period: Period) -> dict[str, Any]:
    points = read_retention(scope, period)
    chart = build_bar_chart([(f"{point.percent}%", point.share_percent) for point in points])
    return {"points": points, "retention_chart": chart}


def respond_with_report(scope: Scope, period: Period, *, name: str) -> HttpResponse:
    """Return a CSV file with a row for each day and post that has numbers."""
    columns = list_columns(scope)
    header = ["date", "post", *(column.name.removesuffix("_minor") for column in columns), "caption"]
    return respond_with_csv(
        iterate_csv(header, _iterate_rows(scope, period, columns)), file_name=f"analytics-{name}-{period}.csv"
    )


def _iterate_rows(scope: Scope, period: Period, columns: Sequence[Column]) -> Iterator[list[object]]:
    captions = dict(scope.clips.order_by().values_list("code", "caption"))
    for (day, code), numbers in sorted(read_days_of_posts(scope, period).items()):
        cells = [column.write_plainly(numbers) for column in columns]
        yield [day.isoformat(), code, *cells, captions.get(code, "")]


def _build_figures(scope: Scope, report: PostReport) -> list[Cell]:
    return [
        Cell(
            column,
            report.totals.get(column.name),
            _compare(report.totals.get(column.name), report.previous.get(column.name)),
        )
        for column in list_columns(scope)
    ]


def _fill(columns: Sequence[Column], numbers: Numbers) -> list[Cell]:
    return [Cell(column, numbers.get(column.name)) for column in columns]


def _compare(number: int | None, previous: int | None) -> int | None:
    return round((number - previous) * 100 / previous) if number is not None and previous else None


def _name_day(day: date) -> str:
    return date_format(day, "j M")
