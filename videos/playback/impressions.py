"""Signed tokens: proof that a clip was served to a viewer, at a moment, in a place.

The feed takes events by them, and the shop product clicks: who was never served a clip cannot claim to have seen it.

Layout, big-endian: viewer 16 bytes, clip 8, served at in µs since 1970 8, position 1, reasons (UTF-8), then 10 bytes
of keyed BLAKE2b. The event table keeps one row per token and kind, which makes a token single-use.
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
_SEAL_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Serving:
    """A clip served to a viewer."""

    viewer: uuid.UUID
    clip_id: int
    served_at: datetime
    position: int
    reasons: str


def issue_token(serving: Serving) -> str:
    return sign_token(serving, key=token_key())


def token_key() -> bytes:
    return settings.SECRET_KEY.encode()[:64]


def sign_token(serving: Serving, *, key: bytes) -> str:
    """Return the token. `key` has at most 64 bytes."""
    moment = (serving.served_at - _EPOCH) // _MICROSECOND
    body = _HEAD.pack(serving.viewer.bytes, serving.clip_id, moment, serving.position) + serving.reasons.encode()
    return base64.urlsafe_b64encode(body + _seal_of(body, key)).rstrip(b"=").decode()


def sign_page(
    viewer: uuid.UUID, served_at: datetime, servings: Sequence[tuple[int, bytes]], *, key: bytes
) -> list[bytes]:
    """Return the tokens of a page: `servings` are clips, first place first, each with its reasons."""
    moment, who, keyed = (served_at - _EPOCH) // _MICROSECOND, viewer.bytes, blake2b(key=key, digest_size=_SEAL_BYTES)
    tokens = []
    for position, (clip_id, reasons) in enumerate(servings):
        body = _HEAD.pack(who, clip_id, moment, position) + reasons
        sealing = keyed.copy()
        sealing.update(body)
        tokens.append(base64.urlsafe_b64encode(body + sealing.digest()).rstrip(b"="))
    return tokens


def read_token(token: str, *, key: bytes) -> Serving | None:
    """Return what a token says; None when it was not made with this key."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, given = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
    if len(body) < _HEAD.size or not hmac.compare_digest(_seal_of(body, key), given):
        return None
    viewer, clip_id, moment, position = _HEAD.unpack_from(body)
    return Serving(
        uuid.UUID(bytes=viewer), clip_id, _EPOCH + moment * _MICROSECOND, position, body[_HEAD.size :].decode()
    )


def _seal_of(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_SEAL_BYTES).digest()
