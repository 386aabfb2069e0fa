"""Idempotent writes: one effect per Idempotency-Key, even when requests with the same key run concurrently."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import IdempotencyKey

RETENTION = timedelta(days=30)
MAX_KEY_LENGTH = 120


class KeyReused(Exception):
    """The same key was already sent with a different request body. Views respond with 422."""


def do_once(*, owner: str, key: str, content: Any, make: Callable[[], str]) -> str:
    """Call `make` once per owner and key, and return its result. Later calls return the stored result.

    `owner` names the requester and the operation, such as "checkout user 5". `content` is the request body and is
    compared as JSON. `make` creates an object and returns its code. The key and the object are written in one
    transaction, so the key can be used again if `make` raises. A concurrent request with the same key waits until the
    first one has ended.

    Raises KeyReused if the first request with this key had a different body.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.get_or_create(owner=owner, key=key, defaults={"digest": digest})
        if is_new:
            row.result = make()
            row.save(update_fields=["result"])
        elif row.digest != digest:
            raise KeyReused(_("This Idempotency-Key was already used with a different request."))
    return row.result


def forget_old_keys(*, now: datetime) -> int:
    """Delete idempotency keys older than 30 days and return how many were deleted."""
    return IdempotencyKey.objects.filter(created_at__lt=now - RETENTION).delete()[0]
