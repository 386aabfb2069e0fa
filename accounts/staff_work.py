"""Work that waits for staff, as admin's first page lists it. Each app tells its own with a template tag."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value


@dataclass(frozen=True)
class WaitingWork:
    """Things of one kind that wait for the reader, and the page on which they are dealt with."""

    label: str
    count: int
    url: str
    note: str = ""


def drop_empty(*works: WaitingWork) -> list[WaitingWork]:
    return [work for work in works if work.count]


def count_rows(rows_by_name: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """Return the number of rows under each name, with one query. Names without rows may be missing."""
    parts = [
        rows.order_by().annotate(work_name=Value(name)).values_list("work_name").annotate(number=Count("pk"))
        for name, rows in rows_by_name.items()
    ]
    return dict(parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]) if parts else {}
