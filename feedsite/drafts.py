"""Forms that are sent after the session has expired: what was typed stays in the browser. See site/drafts.js."""

import logging
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

logger = logging.getLogger(__name__)
_SECRET = re.compile("password|token|secret|code")
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


def refuse_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token has expired. The page leads back to the form, and shows what was written."""
    logger.warning("CSRF token refused", extra={"path": request.path, "reason": reason})
    texts = [
        value
        for name, values in request.POST.lists()
        for value in values
        if " " in value.strip() and not _SECRET.search(name)
    ]
    context = {"back": _own_referrer(request) or request.path, "texts": texts}
    return render(request, "403_csrf.html", context, status=403)


def _asks_to_sign_in(response: HttpResponse) -> bool:
    pages = ("account_login", "account_reauthenticate", "mfa_reauthenticate", "admin:login", "staff-factor")
    return response.headers["Location"].startswith(tuple(reverse(page) for page in pages))


def _lead_back(request: HttpRequest, response: HttpResponse) -> None:
    """Replace the address to return to, if it is that of the request, with that of the page that sent the form."""
    page, _question, query = response.headers["Location"].partition("?")
    parameters, back = QueryDict(query, mutable=True), _own_referrer(request)
    if parameters.get("next") == request.get_full_path() and back:
        parameters["next"] = back
        response.headers["Location"] = f"{page}?{parameters.urlencode(safe='/')}"


def _own_referrer(request: HttpRequest) -> str:
    """Return the path and query of the page that sent the form, or "" if it is not of this site."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    is_own = url_has_allowed_host_and_scheme(referrer.geturl(), {request.get_host()}, require_https=request.is_secure())
    if not (referrer.netloc and is_own):
        return ""
    return referrer.path + (f"?{referrer.query}" if referrer.query else "")
