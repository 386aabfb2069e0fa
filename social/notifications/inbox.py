"""Writing notifications, in the transaction of what they are about. One statement reads everybody's choices.

Those who block or mute the actor, or are blocked by them, are told nothing, nor is anybody of what they did themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from social.models import NotificationKind
from social.notifications.kinds import DEFAULTS

QUIET_FOR = timedelta(hours=1)
"""How long after the last news of a group, such as the likes of a post, more of it makes nothing unread again."""
_WRITE = """
    INSERT INTO social_notification AS earlier
        (user_id, kind, subject_id, actor_id, happened_at, is_listed, mail, is_push_due)
    SELECT reader.id, %(kind)s, %(subject)s, %(actor)s, %(at)s, chosen.on_site, chosen.mail, chosen.is_push_due
    FROM ({readers}) AS told (user_id)
    JOIN accounts_user reader ON reader.id = told.user_id AND reader.is_active
    LEFT JOIN social_notificationchoice choice ON choice.user_id = reader.id AND choice.kind = %(kind)s
    CROSS JOIN LATERAL (SELECT
        coalesce(choice.on_site, %(on_site)s) AS on_site,
        coalesce(choice.mail, %(mail)s) AS mail,
        coalesce(choice.push, %(push)s)
            AND EXISTS (SELECT FROM social_pushsubscription WHERE user_id = reader.id) AS is_push_due) AS chosen
    WHERE (chosen.on_site OR chosen.mail <> 'off' OR chosen.is_push_due)
        AND reader.id IS DISTINCT FROM %(doer)s
        AND NOT EXISTS (SELECT FROM accounts_block WHERE user_id = reader.id AND blocked_user_id = %(doer)s)
        AND NOT EXISTS (SELECT FROM accounts_block WHERE user_id = %(doer)s AND blocked_user_id = reader.id)
        AND NOT EXISTS (SELECT FROM accounts_mute WHERE user_id = reader.id AND muted_user_id = %(doer)s)
        AND NOT (%(repeat)s = 'group' AND EXISTS (
            SELECT FROM social_notification same
            WHERE same.user_id = reader.id AND same.kind = %(kind)s AND same.subject_id = %(subject)s
                AND (same.read_at IS NULL OR same.happened_at > %(quiet_since)s)))
    ORDER BY reader.id
    ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET
        happened_at = excluded.happened_at, read_at = NULL, is_listed = excluded.is_listed, mail = excluded.mail,
        is_push_due = excluded.is_push_due
    WHERE %(repeat)s = 'always' OR %(repeat)s = 'group' AND earlier.read_at IS NOT NULL
"""
_THESE = "SELECT unnest(%(reader_ids)s::bigint[])"
_FOLLOWERS = "SELECT user_id FROM social_follow WHERE creator_id = %(creator)s AND id > %(after)s AND id <= %(until)s"


class Repeat(StrEnum):
    """What the same kind of news about the same subject does a second time."""

    NEVER = "never"
    """Nothing."""
    GROUP = "group"
    """It makes the row unread again if that was read, but not within the hour. Otherwise it neither writes nor waits."""
    ALWAYS = "always"
    """It makes the row unread again."""


def notify(
    kind: NotificationKind,
    *,
    reader_ids: Sequence[int],
    subject_id: int,
    actor_id: int | None,
    is_named: bool = True,
    repeat: Repeat = Repeat.NEVER,
    now: datetime,
) -> int:
    """Tell some users of something, and return how many rows were written.

    `is_named` is False if the row stands for more people than the actor.
    """
    values = {"subject": subject_id, "doer": actor_id, "actor": actor_id if is_named else None, "at": now}
    return _write(kind, _THESE, values | {"repeat": repeat.value, "reader_ids": list(reader_ids)})


def notify_followers(
    kind: NotificationKind,
    *,
    creator_id: int,
    follow_ids: tuple[int, int],
    subject_id: int,
    actor_id: int,
    now: datetime,
) -> int:
    """Tell those followers of a profile whose follows are in a range: after the first id, up to the second."""
    values = {"subject": subject_id, "doer": actor_id, "actor": actor_id, "at": now, "repeat": Repeat.NEVER.value}
    after, until = follow_ids
    return _write(kind, _FOLLOWERS, values | {"creator": creator_id, "after": after, "until": until})


def _write(kind: NotificationKind, readers: str, values: dict[str, Any]) -> int:
    default = DEFAULTS[kind]
    channels = {"on_site": default.on_site, "mail": default.mail.value, "push": default.push}
    rest = {"kind": kind.value, "quiet_since": values["at"] - QUIET_FOR}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(readers=readers), values | channels | rest)
        return int(cursor.rowcount)
