"""Who is watching: a random first-party id in a signed cookie, tied to the account while someone is signed in."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from feed.events.viewer_merge import adopt_viewer

COOKIE = "viewer"
COOKIE_AGE_S = 395 * 24 * 3600
CONSENT_COOKIE = "consent"
_signer = Signer(salt="feed.viewer")


@dataclass(frozen=True)
class Identity:
    """The viewer of one request. Without consent, where it is needed, nothing is kept and there is no cookie.

    `is_new`: met for the first time, so that nothing can be known.
    """

    key: uuid.UUID
    user_id: int | None = None
    is_adult: bool = False
    is_kept: bool = True
    is_new: bool = False

    def sealed(self) -> str:
        return _sealed(self.key, self.user_id, self.is_adult)


def viewer_of(request: HttpRequest) -> Identity:
    """Read the cookie alone, without a query; a request without one is a new viewer, and so is one after signing out."""
    identity = _unsealed(request.COOKIES.get(COOKIE, ""))
    if identity and identity.user_id is not None and settings.SESSION_COOKIE_NAME not in request.COOKIES:
        identity = None
    identity = identity or Identity(uuid.uuid4(), is_new=True)
    is_kept = may_keep(request)
    return identity if identity.is_kept == is_kept else replace(identity, is_kept=is_kept)


def signed_in_viewer_of(request: HttpRequest | Request, *, now: datetime) -> Identity:
    """Like `viewer_of`, and settle who the cookie belongs to after signing in or out."""
    identity = viewer_of(request)
    user = request.user
    if not user.is_authenticated:
        return identity if identity.user_id is None else Identity(uuid.uuid4(), is_kept=identity.is_kept)
    if identity.user_id == user.pk and identity.is_adult == user.is_known_adult:
        return identity
    key = adopt_viewer(user=user, key=None if identity.user_id else identity.key, now=now)
    return Identity(key, user.pk, user.is_known_adult, identity.is_kept)


def remember(response: HttpResponseBase, request: HttpRequest, identity: Identity) -> None:
    """Set the cookie where it is missing or says something else."""
    sealed = identity.sealed()
    if not identity.is_kept or request.COOKIES.get(COOKIE) == sealed:
        return
    response.set_cookie(
        COOKIE, sealed, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def may_keep(request: HttpRequest) -> bool:
    """Return whether anything about this viewer may be stored."""
    return not settings.FEED_ASKS_CONSENT or request.COOKIES.get(CONSENT_COOKIE) == "yes"


@lru_cache(maxsize=20_000)
def _sealed(key: uuid.UUID, user_id: int | None, is_adult: bool) -> str:
    return _signer.sign(f"{key.hex}.{user_id or ''}.{int(is_adult)}")


@lru_cache(maxsize=20_000)
def _unsealed(sealed: str) -> Identity | None:
    try:
        key, user_id, is_adult = _signer.unsign(sealed).split(".")
    except (BadSignature, ValueError):
        return None
    return Identity(uuid.UUID(key), int(user_id) if user_id else None, is_adult == "1")
