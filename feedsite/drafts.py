"""Forms that are sent after the session has expired: what was typed stays in the browser. See site/drafts.js."""

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
_SECRET = re.compile("password|token|secret|code")
SENT, SAVED = "draft-sent", "draft-saved"
"""Cookies: the draft of the form that is being sent, for its address only, and the draft that was saved."""
SIGNED_IN_AS = "signed-in-as"
"""The field of a form that was shown to somebody who was signed in. See templates/site/signed_in_as.html."""


class DraftMiddleware:
    """Middleware that names the saved draft in a cookie if a form was answered with a redirect, as saved forms are.

    A redirect to sign in again saves nothing: the draft stays in the browser, and signing in leads back to the page
    with the form, because the address that a form is sent to need not be a page. Forms that guests can send, too, are
    not sent on as a guest's when the session of somebody who was signed in has expired.
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

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        if SIGNED_IN_AS not in request.POST or request.user.is_authenticated:
            return None
        logger.info("form of an expired session", extra={"path": request.path})
        sentence = _("You are signed out. Sign in again to go on.")
        if SENT in request.COOKIES:
            sentence = _("You are signed out. What you typed is kept in this browser: sign in again to go on.")
        messages.warning(request, sentence)
        return redirect_to_login(request.get_full_path())


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
