"""Cursor pagination for lists in the API."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Paginator that lists the newest rows first, 20 per page. Callers can request up to 100 with `?limit=`.

    Subclass it to order by a column other than `created_at`; the column must be a time.
    """

    ordering: str | tuple[str, ...] = ("-created_at", "-pk")
    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"

    def decode_cursor(self, request: Request) -> Any:
        """Return the cursor of a request, or None. Raises NotFound if it does not name a time, as ours do."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def is_position(self, text: str) -> bool:
        """Return whether the text can be the value of the column by which the rows are ordered."""
        return _is_time(text)


def _is_time(text: str) -> bool:
    try:
        time = parse_datetime(text)
    except ValueError:  # a date that the calendar does not have
        return False
    return time is not None and is_aware(time)
