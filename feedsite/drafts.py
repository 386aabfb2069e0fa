"""Forms that are sent after the session has expired: what was typed stays in the browser. See site/drafts.js."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

SENT, SAVED = "draft-sent", "draft-saved"
"""Cookies: the draft of the form that is being sent, for its address only, and the draft that was saved."""


class DraftMiddleware:
    """Middleware that names the saved draft in a cookie if a form was answered with a redirect, as saved forms are.

    A redirect to sign in again saves nothing: the draft stays in the browser, and signing in leads back to the page
    with the form, because the address that a form is sent to need not be a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sent = request.COOKIES.get(SENT, "")
        if request.method != "POST" or response.status_code not in (302, 303):
            return response
        if _asks_to_sign_in(response):
            _lead_back(request, response)
        elif sent:
            response.delete_cookie(SENT, path=request.path)
            response.set_cookie(SAVED, sent, max_age=7 * 86_400, secure=settings.HTTPS, samesite="Lax")
        return response


def _asks_to_sign_in(response: HttpResponse) -> bool:
    pages = ("account_login", "account_reauthenticate", "mfa_reauthenticate", "admin:login", "staff-factor")
    return response.headers["Location"].startswith(tuple(reverse(page) for page in pages))


def _lead_back(request: HttpRequest, response: HttpResponse) -> None:
    """Replace the address to return to, if it is that of the request, with that of the page that sent the form."""
    page, _question, query = response.headers["Location"].partition("?")
    parameters, referrer = QueryDict(query, mutable=True), urlsplit(request.headers.get("Referer", ""))
    is_own = url_has_allowed_host_and_scheme(referrer.geturl(), {request.get_host()}, require_https=request.is_secure())
    if parameters.get("next") == request.get_full_path() and referrer.netloc and is_own:
        parameters["next"] = referrer.path + (f"?{referrer.query}" if referrer.query else "")
        response.headers["Location"] = f"{page}?{parameters.urlencode(safe='/')}"
