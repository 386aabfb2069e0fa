"""Review locks. They show moderators that another moderator has a clip open."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from videos.models import ReviewLock

LOCK_DURATION = timedelta(minutes=10)

_ACQUIRE = """
INSERT INTO videos_reviewlock (clip_id, moderator_id, until) VALUES (%(clip)s, %(moderator)s, %(until)s)
ON CONFLICT (clip_id) DO UPDATE SET moderator_id = excluded.moderator_id, until = excluded.until
WHERE videos_reviewlock.moderator_id = excluded.moderator_id OR videos_reviewlock.until < %(now)s
"""


def acquire_lock(*, clip_id: int, moderator: User, now: datetime) -> ReviewLock | None:
    """Acquire or renew the moderator's lock on the clip. Return None on success.

    If another moderator has the clip open, return that moderator's lock instead.
    """
    values: dict[str, Any] = {"clip": clip_id, "moderator": moderator.pk, "until": now + LOCK_DURATION, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_ACQUIRE, values)
        if cursor.rowcount == 1:
            return None
    return ReviewLock.objects.select_related("moderator").filter(clip_id=clip_id).first()


def release_lock(*, clip_id: int, moderator: User) -> None:
    """Release the clip's lock if this moderator holds it."""
    ReviewLock.objects.filter(clip_id=clip_id, moderator=moderator).delete()
