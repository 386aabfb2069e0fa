"""Tells the browser that the server has saved a form, whose draft the browser may then drop. See site/drafts.js."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

SENT, SAVED = "draft-sent", "draft-saved"
"""Cookies: the draft of the form that is being sent, for its address only, and the draft that was saved."""


class DraftMiddleware:
    """Middleware that names the saved draft in a cookie if a form was answered with a redirect, as saved forms are.

    A redirect to sign in again saves nothing: the draft stays in the browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sent = request.COOKIES.get(SENT, "")
        if sent and request.method == "POST" and response.status_code in (302, 303) and not _asks_to_sign_in(response):
            response.delete_cookie(SENT, path=request.path)
            response.set_cookie(SAVED, sent, max_age=7 * 86_400, secure=settings.HTTPS, samesite="Lax")
        return response


def _asks_to_sign_in(response: HttpResponse) -> bool:
    pages = ("account_login", "account_reauthenticate", "mfa_reauthenticate", "admin:login", "staff-factor")
    return response.headers["Location"].startswith(tuple(reverse(page) for page in pages))
