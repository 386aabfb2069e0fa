"""Cursors of lists that are sorted by columns of numbers: the values of the last row, joined by dots."""

from collections.abc import Sequence

from django.db.models import Model, Q


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
