"""A signed cookie with the accounts that were signed in with a browser, for checks against buying from oneself.

It survives signing out. It is set when somebody signs in, is read only when an order is placed, and needs no query.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase

COOKIE = f"{settings.COOKIE_PREFIX}browser"
COOKIE_AGE_S = 180 * 24 * 3600
MOST_ACCOUNTS = 8
"""How many accounts are remembered. The one that was signed in first is forgotten first."""
SALT = "accounts.browser"


def read_browser_accounts(request: HttpRequest) -> tuple[int, ...]:
    """Return the ids of users who were signed in with this browser, the latest last."""
    try:
        text = Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return ()
    return tuple(int(user_id) for user_id in text.split(".") if user_id.isdecimal())


class BrowserAccountsMiddleware:
    """Adds the signed-in user to the cookie, on pages that read the session anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user_id = request.session.get(SESSION_KEY) if request.session.accessed else None
        if user_id is not None:
            before = read_browser_accounts(request)
            if int(user_id) not in before:
                _write(response, [*before, int(user_id)][-MOST_ACCOUNTS:])
        return response


def _write(response: HttpResponseBase, user_ids: list[int]) -> None:
    response.set_cookie(
        COOKIE,
        Signer(salt=SALT).sign(".".join(map(str, user_ids))),
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
