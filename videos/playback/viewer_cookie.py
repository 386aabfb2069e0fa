"""The viewer cookie: a signed random key that says for whom clips were served to this browser.

The feed sets it, and the shop reads it, so that an impression token counts only in the browser for which it was issued.
"""

import secrets
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

COOKIE = f"{settings.COOKIE_PREFIX}viewer"
CONSENT_COOKIE = f"{settings.COOKIE_PREFIX}consent"
_SALT = "feed.viewer"
_VERSION_FOR_ONE_REQUEST = 5
"""The UUID version of keys under which nothing is stored. All others have version 4."""


def has_consent(request: HttpRequest) -> bool:
    """Return whether viewer data may be stored. False if the site asks for consent and the viewer has not given it."""
    return not settings.FEED_ASKS_CONSENT or request.COOKIES.get(CONSENT_COOKIE) == "yes"


def make_key_for_one_request() -> uuid.UUID:
    """Return a key for a viewer about whom nothing may be stored."""
    return uuid.UUID(bytes=secrets.token_bytes(16), version=_VERSION_FOR_ONE_REQUEST)


def is_served_to(keys: frozenset[uuid.UUID], viewer: uuid.UUID) -> bool:
    """Return whether a clip that was served to `viewer` was served to the browser with these keys.

    Where nothing may be stored without consent, tokens from before it name nobody, and count in every browser.
    """
    return viewer in keys or (settings.FEED_ASKS_CONSENT and viewer.version == _VERSION_FOR_ONE_REQUEST)


def sign_cookie(fields: str) -> str:
    """Return the signed value of a viewer cookie with these fields, which are separated by dots."""
    return Signer(salt=_SALT).sign(fields)


def read_cookie(value: str) -> list[str]:
    """Return the fields of a viewer cookie, or an empty list if the cookie is empty or its signature is wrong."""
    try:
        return Signer(salt=_SALT).unsign(value).split(".")
    except BadSignature:
        return []


def read_viewer_keys(request: HttpRequest) -> frozenset[uuid.UUID]:
    """Return the keys for which clips were served to this browser: the present viewer's, and theirs before signing in."""
    fields = read_cookie(request.COOKIES.get(COOKIE, ""))
    return frozenset(uuid.UUID(key) for key in (*fields[:1], *fields[3:4]) if key)
