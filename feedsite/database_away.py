"""The answer to a request that needs PostgreSQL while that does not answer, or has no connection left: 503 and Retry-After.

A transaction that had begun is rolled back, by PostgreSQL itself if the connection is lost, so the request can be sent again.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

RETRY_SECONDS = 5
AWAY = (OperationalError, InterfaceError)
"""A lost, refused or closed connection, a full pool, a lock or statement that took too long, a deadlock."""

logger = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """Answers for every view. What fails in another middleware comes to `error_pages.show_server_error`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_away(request, exception) if isinstance(exception, AWAY) else None


def answer_away(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """Answer without a look into the database: neither a user nor a setting of the site is known."""
    logger.warning("The database is away", extra={"path": request.path, "error": str(exception)})
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    sentence = _(
        "The shop can't be reached right now. Your last action may not have been saved. Please try again in a few seconds."
    )
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=503, headers=headers)
    page = render_to_string("database_away.html", {"sentence": sentence})
    return HttpResponse(page, status=503, headers=headers)
