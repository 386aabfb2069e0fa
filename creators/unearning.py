"""Taking an earning back while the moderator's moment of grace lasts.

Whoever books earned slots waits until `BOOK_AFTER` is over, so that a booked fee is never taken back.
"""

from datetime import datetime, timedelta

from django.db import connection

GRACE = timedelta(seconds=30)
BOOK_AFTER = timedelta(seconds=45)
"""Longer than the grace, by more than any transaction of ours lasts."""

_UNEARN = """
WITH slot AS (
    UPDATE creators_slot SET state = 'held', settled_at = NULL
    WHERE id = %(slot)s AND state = 'earned' AND settled_at >= %(since)s
    RETURNING enrolment_id
)
UPDATE creators_enrolment enrolment
SET held_count = enrolment.held_count + 1, earned_count = enrolment.earned_count - 1
FROM slot WHERE enrolment.id = slot.enrolment_id
"""


def unearn_slot(*, slot_id: int, now: datetime) -> bool:
    """Turn an earned slot back into a held one; False when it is not earned, or its grace is over."""
    with connection.cursor() as cursor:
        cursor.execute(_UNEARN, {"slot": slot_id, "since": now - GRACE})
        return bool(cursor.rowcount == 1)
