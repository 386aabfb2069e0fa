"""Impression tokens: signed proof that a clip was served to a viewer at a certain time and position.

Each event sent to the feed needs a token, and so does each product click sent to the shop. Nobody can therefore report
an impression that never happened. The event table has one row per token and kind of event, so a token counts once for
each kind.

Layout (big-endian): viewer (16 bytes), clip (8), served_at in µs since 1970 (8), position (1), reasons (UTF-8), and the
signature (10 bytes of keyed BLAKE2b).
"""

import base64
import hmac
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.conf import settings

_HEAD = struct.Struct(">16sqqb")
_SIGNATURE_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Serving:
    """One clip served to one viewer at a certain time. `position` is its place on the feed page."""

    viewer: uuid.UUID
    clip_id: int
    served_at: datetime
    position: int
    reasons: str


def issue_token(serving: Serving) -> str:
    """Return an impression token for a clip that is being sent to a viewer, signed with the site's key."""
    return sign_token(serving, key=token_key())


def token_key() -> bytes:
    """Return the signing key, which is the first 64 bytes of SECRET_KEY. BLAKE2b keys cannot be longer."""
    return _key_of(settings.SECRET_KEY)


def verify_token(token: str) -> Serving | None:
    """Return the serving that a token of this site proves, or None. SECRET_KEY_FALLBACKS are accepted, too."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if serving := read_token(token, key=_key_of(secret)):
            return serving
    return None


def sign_token(serving: Serving, *, key: bytes) -> str:
    """Return an impression token for a clip that is being sent to a viewer, signed with `key` (at most 64 bytes)."""
    served_at_us = (serving.served_at - _EPOCH) // _MICROSECOND
    body = _HEAD.pack(serving.viewer.bytes, serving.clip_id, served_at_us, serving.position) + serving.reasons.encode()
    return base64.urlsafe_b64encode(body + _sign(body, key)).rstrip(b"=").decode()


def sign_page(
    viewer: uuid.UUID, served_at: datetime, servings: Sequence[tuple[int, bytes]], *, key: bytes
) -> list[bytes]:
    """Return the tokens for all clips on a feed page, as ASCII bytes.

    `servings` are (clip id, encoded reasons) pairs, in order of position.
    """
    served_at_us, viewer_bytes = (served_at - _EPOCH) // _MICROSECOND, viewer.bytes
    keyed = blake2b(key=key, digest_size=_SIGNATURE_BYTES)
    tokens = []
    for position, (clip_id, reasons) in enumerate(servings):
        body = _HEAD.pack(viewer_bytes, clip_id, served_at_us, position) + reasons
        signature = keyed.copy()
        signature.update(body)
        tokens.append(base64.urlsafe_b64encode(body + signature.digest()).rstrip(b"="))
    return tokens


def read_token(token: str, *, key: bytes) -> Serving | None:
    """Return the serving that a token proves, or None if the token is malformed or not signed with `key`."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if len(body) < _HEAD.size or not hmac.compare_digest(_sign(body, key), signature):
        return None
    viewer, clip_id, served_at_us, position = _HEAD.unpack_from(body)
    return Serving(
        uuid.UUID(bytes=viewer), clip_id, _EPOCH + served_at_us * _MICROSECOND, position, body[_HEAD.size :].decode()
    )


def _key_of(secret: str) -> bytes:
    return secret.encode()[:64]


def _sign(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_SIGNATURE_BYTES).digest()
