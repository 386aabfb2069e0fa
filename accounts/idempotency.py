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


class KeyReused(Exception):
    """The key was sent before with another body; respond with 422."""


def do_once(*, owner: str, key: str, content: Any, make: Callable[[], str]) -> str:
    """Call `make` for the first request with this owner's key, and return its result for every such request.

    `owner` names the requester and the operation ("checkout user 5"); `content` is the request body, compared as JSON;
    `make` returns the code of the object that it created. Key and object are written in one transaction: if `make`
    raises, the key can be used again. A concurrent request waits at the unique index until the first one has ended.

    Raises KeyReused if the first request with this key had another body.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.get_or_create(owner=owner, key=key, defaults={"digest": digest})
        if is_new:
            row.result = make()
            row.save(update_fields=["result"])
        elif row.digest != digest:
            raise KeyReused(_("This Idempotency-Key was already used with a different request."))
    return row.result


def forget_old_keys(*, now: datetime) -> int:
    """Delete keys older than 30 days and return how many were deleted."""
    return IdempotencyKey.objects.filter(created_at__lt=now - RETENTION).delete()[0]
