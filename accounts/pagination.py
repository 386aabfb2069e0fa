"""Cursor pagination for lists in the API."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Paginator that lists the newest rows first, 20 per page. Callers can request up to 100 with `?limit=`.

    Subclass it to order by a column other than `created_at`.
    """

    ordering: str | tuple[str, ...] = ("-created_at", "-pk")
    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
