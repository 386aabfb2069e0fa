"""Pages of a session are kept by no cache, so that the next person at a device, or behind a proxy, does not see them."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

PRIVATE = "private, no-store"


class PrivatePagesMiddleware:
    """Middleware that forbids storing answers to requests with a session, unless their view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        has_session = (
            settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
        )
        if has_session:
            response.headers.setdefault("Cache-Control", PRIVATE)
        return response
