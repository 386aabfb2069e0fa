"""Pages of a session are kept by no cache, so that the next person at a device, or behind a proxy, does not see them.

The service worker alone keeps copies of a few, for their owner while offline. The pages say whose they are, so that it
deletes the copies when somebody else, or nobody, is signed in.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

PRIVATE = "private, no-store"
ACCOUNT_HEADER = "X-Account"
NOBODY = "none"


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
        if response.headers.get("Content-Type", "").startswith("text/html"):
            _name_account(request, response)
        return response


def _name_account(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say in a header whose page this is, unless nothing has looked that up for the page."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.session.modified:
        response.headers[ACCOUNT_HEADER] = NOBODY
    elif request.session.accessed:
        account = request.session.get(SESSION_KEY)
        digest = salted_hmac("account of a page", account, algorithm="sha256").hexdigest()[:16] if account else NOBODY
        response.headers[ACCOUNT_HEADER] = digest
