"""Doing something once per Idempotency-Key, however often and however much at the same time it is asked for."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import IdempotencyKey

KEPT_FOR = timedelta(days=30)


class KeyReused(Exception):
    """The key came back with another body; answer 422."""


def do_once(*, owner: str, key: str, content: Any, make: Callable[[], str]) -> str:
    """Return what `make` returned for this owner's key the first time, calling it at most once.

    `owner` names who asked and for what ("checkout user 5"); `content` is the request's body, compared by its JSON;
    `make` returns the code of what it created. Both happen in one transaction: when `make` raises, the key is free
    again. A second request at the same time waits at the unique index for the first one's end. Raises KeyReused.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.get_or_create(owner=owner, key=key, defaults={"digest": digest})
        if is_new:
            row.result = make()
            row.save(update_fields=["result"])
        elif row.digest != digest:
            raise KeyReused(_("This Idempotency-Key was used for another request."))
    return row.result


def forget_old_keys(*, now: datetime) -> int:
    """Delete keys that nobody will send again, and return how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
