"""Functions that merge and erase viewers.

An account has one viewer, which includes what the user did before signing in.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from accounts.models import User
from feed.events.recording import MAX_MARKS
from feed.models import Event, SponsoredView, Viewer
from feed.preferences import MOST_REASONS, read_factors

LISTS = ("interests", "liked", "saved", "hidden", "followed", "hidden_creators")


@transaction.atomic
def adopt_viewer(*, user: User, key: uuid.UUID | None, now: datetime) -> uuid.UUID:
    """Link an anonymous viewer to the user's account, and return the key of the user's viewer.

    `key` is the anonymous viewer's key, or None if there is no such viewer. If the account already has a viewer, the
    anonymous viewer is merged into it.
    """
    own = Viewer.objects.select_for_update().filter(user=user).first()
    anonymous = Viewer.objects.select_for_update().filter(key=key, user=None).first() if key else None
    if own is None:
        if anonymous is not None and anonymous.merged_into_id is None:
            Viewer.objects.filter(pk=anonymous.pk).update(user=user)
            return anonymous.pk
        return Viewer.objects.get_or_create(user=user, defaults={"created_at": now})[0].pk
    if key is not None and key != own.pk:
        _merge(anonymous or Viewer(key=key, created_at=now), own)
    return own.pk


@transaction.atomic
def erase_viewers(keys: Sequence[uuid.UUID]) -> None:
    """Delete viewers with their events and choices, and all viewers that were merged into them."""
    Event.objects.filter(viewer__in=keys).delete()
    SponsoredView.objects.filter(viewer__in=keys).delete()
    Viewer.objects.filter(merged_into__in=keys).delete()
    Viewer.objects.filter(pk__in=keys).delete()


def _merge(anonymous: Viewer, own: Viewer) -> None:
    for name in LISTS:
        newest = dict.fromkeys(getattr(anonymous, name))  # lists end with what is newest: what preceded signing in
        earlier = [marked for marked in getattr(own, name) if marked not in newest]
        setattr(own, name, [*earlier, *newest][-MAX_MARKS:])
    before, more = read_factors(own.reason_factors), read_factors(anonymous.reason_factors)
    own.reason_factors = dict(islice((before | more | before).items(), MOST_REASONS))
    own.save(update_fields=[*LISTS, "reason_factors"])
    anonymous.merged_into = own
    anonymous.save()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH moved AS (DELETE FROM feed_event WHERE viewer = %s RETURNING *)
            INSERT INTO feed_event
            SELECT served_at, %s, clip_id, kind, subject_id, value, loops, position, reasons, at FROM moved
            ON CONFLICT DO NOTHING
            """,
            [anonymous.pk, own.pk],
        )
        cursor.execute(
            """
            UPDATE feed_sponsoredview moved SET viewer = %(own)s WHERE viewer = %(anonymous)s AND NOT EXISTS (
                SELECT FROM feed_sponsoredview kept
                WHERE kept.place_id = moved.place_id AND kept.day = moved.day AND kept.viewer = %(own)s)
            """,
            {"anonymous": anonymous.pk, "own": own.pk},
        )
