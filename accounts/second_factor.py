"""The second factor of staff. With STAFF_REQUIRE_MFA, a session uses permissions only after it has passed one.

`User.has_perm` asks `User.staff_clearance`, so every page, endpoint and download of staff is behind the same factor.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.models import User
from accounts.sessions import end_sessions

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ADDED_KEY = "second_factor_added_by"
"""Session key with the id of the user who has just set up a factor, which proves that they have it."""


class StaffFactorMiddleware:
    """Middleware that ties the signed-in user's permissions to the second factor of this session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_REQUIRE_MFA:
            request.user = SimpleLazyObject(partial(_tie_to_session, request, request.user))  # type: ignore[assignment]
        return self.get_response(request)


def has_second_factor(user: User) -> bool:
    """Return whether the user has set up an authenticator app or a passkey. Recovery codes alone do not count."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Return whether the user has passed, in this session, a second factor, and still has one."""
    was_used = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    was_added = bool(request.session.get(ADDED_KEY) == user.pk)
    return (was_used or was_added) and has_second_factor(user)


def note_added_factor(sender: type[Authenticator], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Receive allauth's signal that a factor was set up: it was used to do so, and need not be used again.

    After the first one, other sessions end: they began with less than the account now asks for.
    """
    request.session[ADDED_KEY] = user.pk
    if Authenticator.objects.filter(user=user, type__in=FACTORS).count() == 1:
        end_sessions(user=user)
        user.refresh_from_db(fields=["session_epoch"])
        update_session_auth_hash(request, user)


def second_factor_url(user: User, *, next_url: str) -> str:
    """Return the address where the user passes the second factor or, without one, sets it up."""
    types = set(Authenticator.objects.filter(user=user, type__in=FACTORS).values_list("type", flat=True))
    if not types:
        page = "staff-factor"
    else:
        page = "mfa_reauthenticate" if Authenticator.Type.TOTP in types else "mfa_reauthenticate_webauthn"
    return f"{reverse(page)}?{urlencode({'next': next_url})}"


def _tie_to_session(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    if isinstance(user, User):
        user.staff_clearance = cache(partial(passed_second_factor, request, user))
    return user
