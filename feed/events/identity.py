"""Viewer identity: a random id in a signed first-party cookie.

While a user is signed in, the cookie also names their account.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from accounts.api_errors import Conflict
from feed.events.viewer_merge import adopt_viewer
from feed.models import Viewer
from feed.page.cache import Cache
from videos.playback.viewer_cookie import COOKIE, has_consent, make_key_for_one_request, read_cookie, sign_cookie

COOKIE_AGE_S = 395 * 24 * 3600
WELCOMED_COOKIE = f"{settings.COOKIE_PREFIX}welcomed"
"""Set once the viewer was asked for interests, so that the feed does not look it up."""


class ConsentMissing(Conflict):
    """HTTP 409: the viewer's choice can't be stored without the consent that was not given."""

    default_detail = gettext_lazy("We can't remember this until you allow a personalized feed in your settings.")


@dataclass(frozen=True)
class Identity:
    """The viewer who made a request.

    `may_store` is False if consent is required but was not given. In that case nothing is read or stored, no cookie is
    set, and the key is another one in each request.
    `is_new` means that the request had no valid cookie, so nothing is known about this viewer. `former_key` is the key
    that the browser had before the user signed in.
    """

    key: uuid.UUID
    user_id: int | None = None
    is_adult: bool = False
    may_store: bool = True
    is_new: bool = False
    former_key: uuid.UUID | None = None

    def require_consent(self) -> None:
        """Raise ConsentMissing if nothing may be stored about this viewer."""
        if not self.may_store:
            raise ConsentMissing

    def as_cookie(self) -> str:
        """Return the signed value for the viewer cookie."""
        value = f"{self.key.hex}.{self.user_id or ''}.{int(self.is_adult)}"
        if self.former_key:
            value += f".{self.former_key.hex}"
        return _signed_values.get_or_compute(value, lambda: sign_cookie(value))

    @property
    def owner(self) -> str:
        """Return the name under which a browser keeps what this viewer did without a connection.

        It is empty if nothing may be kept.
        """
        if not (self.may_store or self.user_id):
            return ""
        return str(self.user_id) if self.user_id else blake2b(self.key.bytes, digest_size=8).hexdigest()


_signed_values: Cache[str, str] = Cache("cookies")
_identities: Cache[str, Identity] = Cache("cookies")


def identify_viewer(request: HttpRequest) -> Identity:
    """Return the identity of the viewer from the request's cookie, without a database query.

    A request without a valid cookie gets a new viewer, and so does the first request after signing out.
    """
    if not has_consent(request):
        return Identity(make_key_for_one_request(), may_store=False, is_new=True)
    identity = _read_cookie(request.COOKIES.get(COOKIE, ""))
    if identity and identity.user_id is not None and settings.SESSION_COOKIE_NAME not in request.COOKIES:
        identity = None
    return identity or make_new_viewer()


def make_new_viewer() -> Identity:
    return Identity(uuid.uuid4(), is_new=True)


def identify_signed_in_viewer(request: HttpRequest | Request, *, now: datetime) -> Identity:
    """Return the identity of the viewer, and link the viewer to the account of the signed-in user.

    If the user has signed out since the cookie was set, return the identity of a new viewer.
    """
    identity = identify_viewer(request)
    user = request.user
    if not user.is_authenticated:
        return identity if identity.user_id is None else Identity(uuid.uuid4())
    if not identity.may_store:
        return replace(identity, user_id=user.pk, is_adult=user.is_known_adult)
    if identity.user_id == user.pk and identity.is_adult == user.is_known_adult:
        return identity
    key = adopt_viewer(user=user, key=None if identity.user_id else identity.key, now=now)
    former = identity.former_key if identity.user_id == user.pk else None if identity.user_id else identity.key
    return Identity(key, user.pk, user.is_known_adult, former_key=None if former == key else former)


def identify_sender(request: Request, *, now: datetime) -> Identity:
    """Return the viewer who sends a choice. Raises Conflict if the page that sends it is another viewer's.

    The header has the page's `data-owner`. The page may still be open after somebody else has signed in elsewhere.
    """
    identity, owner = identify_signed_in_viewer(request, now=now), request.headers.get("X-Viewer-Owner")
    if owner and identity.owner and owner != identity.owner:
        raise Conflict(_("Somebody else uses this browser now."))
    return identity


def find_stored_viewers(request: HttpRequest) -> list[uuid.UUID]:
    """Return the keys under which anything may be stored about the person behind a request, consent or not."""
    identity = _read_cookie(request.COOKIES.get(COOKIE, ""))
    keys = [identity.key] if identity else []
    if request.user.is_authenticated:
        keys += Viewer.objects.filter(user=request.user).values_list("key", flat=True)
    return keys


def set_viewer_cookie(response: HttpResponseBase, request: HttpRequest, identity: Identity) -> None:
    """Set the viewer cookie, unless the request already has the same value or nothing may be stored.

    The response is this viewer's own, so no cache may keep it.
    """
    response.headers.setdefault("Cache-Control", "private, no-store")
    value = identity.as_cookie()
    is_noted = request.COOKIES.get(WELCOMED_COOKIE) and WELCOMED_COOKIE not in response.cookies
    if is_noted and not is_welcomed(request, identity):
        response.delete_cookie(WELCOMED_COOKIE)
    if not identity.may_store or request.COOKIES.get(COOKIE) == value:
        return
    response.set_cookie(
        COOKIE, value, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def delete_viewer_cookies(response: HttpResponseBase) -> None:
    """Make the browser forget the viewer, and that they were asked for interests."""
    response.delete_cookie(COOKIE)
    response.delete_cookie(WELCOMED_COOKIE)


def is_welcomed(request: HttpRequest, identity: Identity) -> bool:
    """Return whether the browser has noted that this viewer, and not the one before, was asked for interests."""
    former = _read_cookie(request.COOKIES.get(COOKIE, ""))
    return bool(request.COOKIES.get(WELCOMED_COOKIE)) and (former is None or former.key == identity.key)


def set_welcomed_cookie(response: HttpResponseBase, identity: Identity) -> None:
    """Note in the browser that this viewer was asked for interests, if anything may be stored."""
    if identity.may_store:
        response.set_cookie(
            WELCOMED_COOKIE,
            "yes",
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _read_cookie(value: str) -> Identity | None:
    """Return the identity in a signed cookie, or None if the cookie is empty or its signature is wrong."""
    identity = _identities.get(value)
    if identity is None and (fields := read_cookie(value)):
        key, user_id, is_adult, *former = fields
        former_key = uuid.UUID(former[0]) if former else None
        identity = Identity(uuid.UUID(key), int(user_id) if user_id else None, is_adult == "1", former_key=former_key)
        _identities.set(value, identity)
    return identity
