"""Input that the database cannot store: NUL characters, numbers beyond its types, texts beyond its columns.

Forms and serializers refuse such input at its field. This middleware is for what reaches the database past them, such as
addresses and filters: a bad request, not a server error.
"""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


class UnstorableInputMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 if the database, or a date, refused a value. The transaction has been rolled back."""
        if not isinstance(exception, (DataError, OverflowError)):
            return None
        logger.warning("unstorable input", extra={"path": request.path, "error": str(exception)})
        return _refuse(request)


def _refuse(request: HttpRequest) -> HttpResponse:
    sentence = _("The address or the form contains characters or numbers that can't be used here. Nothing was saved.")
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=400)
    return render(request, "unusable.html", {"sentence": sentence}, status=400)
