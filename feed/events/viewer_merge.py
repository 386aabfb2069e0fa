"""One person, one viewer: what somebody did before signing in becomes part of the account's viewer."""

import uuid
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from feed.models import Event, Viewer

LISTS = ("interests", "liked", "saved", "hidden", "followed")


@transaction.atomic
def adopt_viewer(*, user: User, key: uuid.UUID | None, now: datetime) -> uuid.UUID:
    """Return the key of the user's viewer, first merging into it the one that was watching without signing in."""
    mine = Viewer.objects.select_for_update().filter(user=user).first()
    stranger = Viewer.objects.select_for_update().filter(key=key, user=None).first() if key else None
    if mine is None:
        if stranger is not None and stranger.merged_into_id is None:
            Viewer.objects.filter(pk=stranger.pk).update(user=user)
            return stranger.pk
        return Viewer.objects.get_or_create(user=user, defaults={"created_at": now})[0].pk
    if key is not None and key != mine.pk:
        _merge(stranger or Viewer(key=key, created_at=now), mine)
    return mine.pk


def erase_viewer(*, key: uuid.UUID) -> None:
    """Forget a viewer: every event and everything that was kept of choices."""
    Event.objects.filter(viewer=key).delete()
    Viewer.objects.filter(merged_into=key).delete()
    Viewer.objects.filter(pk=key).delete()


def _merge(stranger: Viewer, mine: Viewer) -> None:
    for name in LISTS:
        setattr(mine, name, list(dict.fromkeys([*getattr(mine, name), *getattr(stranger, name)])))
    mine.less = stranger.less | mine.less
    mine.save(update_fields=[*LISTS, "less"])
    stranger.merged_into = mine
    stranger.save()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH moved AS (DELETE FROM feed_event WHERE viewer = %s RETURNING *)
            INSERT INTO feed_event
            SELECT served_at, %s, clip_id, kind, subject_id, value, loops, position, reasons, at FROM moved
            ON CONFLICT DO NOTHING
            """,
            [stranger.pk, mine.pk],
        )
