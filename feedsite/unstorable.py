"""Input that cannot be stored or is too long to be meant: NUL characters, lone surrogates, numbers beyond a column.

Forms and serializers refuse such input at its field. This middleware is for what reaches the database past them, such as
addresses and filters: a bad request, not a server error.
"""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from feedsite.error_pages import refuse

MAX_ADDRESS_CHARS = 8_000
"""Of a path and its query, as they were sent. nginx reads no longer ones, either."""
logger = logging.getLogger(__name__)


class UnstorableInputMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if len(request.META.get("QUERY_STRING", "")) + len(request.path_info) > MAX_ADDRESS_CHARS:
            return refuse(request, _("This address is too long."), status=414)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 if the database, or a date, refused a value. The transaction has been rolled back."""
        if not isinstance(exception, (DataError, OverflowError, UnicodeEncodeError)):
            return None
        logger.warning("unstorable input", extra={"path": request.path, "error": str(exception)})
        return refuse(
            request,
            _("The address or the form contains characters or numbers that can't be used here. Nothing was saved."),
        )
