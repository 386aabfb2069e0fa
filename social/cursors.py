"""Cursors of lists: the values of the last row, joined by dots. Of times, the microseconds since 1970."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Model, Q

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9]{1,18})")


class InvalidCursor(Exception):
    """The cursor is none of ours, or of another sort."""


def rows_after(cursor: str, order: Sequence[str]) -> Q:
    """Return the condition for the rows after the one whose cursor this is. Raises InvalidCursor."""
    values = _read_cursor(cursor, order)
    condition = Q(pk__in=())
    for index, column in enumerate(order):
        name = column.lstrip("-")
        comparison = "lt" if column.startswith("-") else "gt"
        before = {other.lstrip("-"): value for other, value in zip(order[:index], values, strict=False)}
        condition |= Q(**before, **{f"{name}__{comparison}": values[index]})
    return condition


def write_cursor(row: Model, order: Sequence[str]) -> str:
    return ".".join(str(int(getattr(row, column.lstrip("-")))) for column in order)


def _read_cursor(cursor: str, order: Sequence[str]) -> list[int]:
    parts = cursor.split(".")
    if len(parts) != len(order) or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InvalidCursor
    return [int(part) for part in parts]


def read_time_cursor(cursor: str) -> tuple[datetime, int]:
    """Return the time and the id before which a page begins. A cursor that is none of ours begins again."""
    match = _TIME_CURSOR.fullmatch(cursor)
    if match is None:
        return datetime.max.replace(tzinfo=UTC), 0
    return _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])


def write_time_cursor(at: datetime, pk: int) -> str:
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{pk}"
