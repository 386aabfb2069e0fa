"""Who follows whom, and the posts of those whom somebody follows: pages of lists with cursors, newest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from accounts.access import is_adult
from accounts.blocks import hidden_from
from accounts.models import User
from creators.models import Creator
from feed.lists import PAGE_SIZE, ClipPage
from feed.models import Viewer
from social.cursors import read_time_cursor, write_time_cursor
from social.models import Follow, Like
from videos.models import Clip

_NEWEST_OF_FOLLOWED = """
    SELECT newest.id, newest.published_at FROM ({followed}) AS followed (creator_id)
    JOIN creators_creator creator ON creator.id = followed.creator_id AND NOT creator.is_hidden
    CROSS JOIN LATERAL (
        SELECT id, published_at FROM videos_clip
        WHERE creator_id = creator.id AND state = 'published' AND NOT is_hidden AND (%(adult)s OR NOT is_age_restricted)
              AND (published_at, id) < (%(before)s, %(before_id)s)
        ORDER BY published_at DESC, id DESC LIMIT %(count)s) AS newest
    WHERE creator.user_id NOT IN (
        SELECT blocked_user_id FROM accounts_block WHERE user_id = %(user)s
        UNION ALL SELECT user_id FROM accounts_block WHERE blocked_user_id = %(user)s
        UNION ALL SELECT muted_user_id FROM accounts_mute WHERE user_id = %(user)s)
    ORDER BY newest.published_at DESC, newest.id DESC LIMIT %(count)s
"""
"""At most so many clips of each followed profile are looked up in an index, so that it does not matter how many they have."""
_FOLLOWED_BY_USER = "SELECT creator_id FROM social_follow WHERE user_id = %(user)s"
_FOLLOWED_BY_VISITOR = "SELECT unnest(%(followed)s::bigint[])"


@dataclass(frozen=True)
class ProfilePage:
    """Profiles of a list. `after` is the cursor of the next page, or "" if there is none."""

    profiles: Sequence[Creator]
    after: str


def read_following(viewer: Viewer, *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of the clips of those whom a viewer follows, newest first. Muted people are left out.

    One statement finds them, however many are followed.
    """
    before, before_id = read_time_cursor(after)
    statement = _NEWEST_OF_FOLLOWED.format(followed=_FOLLOWED_BY_USER if reader.pk else _FOLLOWED_BY_VISITOR)
    values = {"user": reader.pk, "followed": viewer.followed, "adult": is_adult(reader), "count": PAGE_SIZE + 1}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"before": before, "before_id": before_id})
        rows = cursor.fetchall()
    next_cursor = write_time_cursor(rows[PAGE_SIZE - 1][1], rows[PAGE_SIZE - 1][0]) if len(rows) > PAGE_SIZE else ""
    return ClipPage(_load([pk for pk, _at in rows[:PAGE_SIZE]]), next_cursor)


def list_followed(viewer: Viewer, *, user: Any, count: int) -> list[Creator]:
    """Return the profiles whom a viewer follows, latest first, at most `count`."""
    if user.pk:
        return list(read_followed(user, reader=user, count=count).profiles)
    latest = viewer.followed[: -count - 1 : -1]
    profiles = Creator.objects.public().in_bulk(latest)
    return [profiles[pk] for pk in latest if pk in profiles]


def read_followed(user: User, *, reader: Any, after: str = "", count: int = PAGE_SIZE) -> ProfilePage:
    """Return a page of the profiles whom a user follows, latest first, without those hidden from the reader."""
    follows = Follow.objects.filter(user=user, creator__is_hidden=False)
    follows = follows.exclude(hidden_from(reader.pk, "creator__user", includes_muted=False))
    rows, next_cursor = _read_rows(follows.select_related("creator"), after, count)
    return ProfilePage([follow.creator for follow in rows], next_cursor)


def read_followers(profile: Creator, *, reader: Any, after: str = "") -> ProfilePage:
    """Return a page of the profiles of those who follow a profile, latest first. Not every follower has a profile."""
    follows = Follow.objects.filter(creator=profile, user__creator__is_hidden=False)
    follows = follows.exclude(hidden_from(reader.pk, includes_muted=False))
    rows, next_cursor = _read_rows(follows.select_related("user__creator"), after, PAGE_SIZE)
    return ProfilePage([follow.user.creator for follow in rows], next_cursor)


def read_liked(profile: Creator, *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of the clips that a profile's owner likes, latest first, without those hidden from the reader."""
    likes = Like.objects.owned_by(profile.user).filter(clip__in=Clip.objects.shown_to(reader))
    rows, next_cursor = _read_rows(likes, after, PAGE_SIZE)
    return ClipPage(_load([like.clip_id for like in rows]), next_cursor)


def count_followed(user_id: int) -> int:
    return Follow.objects.filter(user=user_id, creator__is_hidden=False).count()


def _read_rows[Row: Model](rows: QuerySet[Row], after: str, count: int) -> tuple[list[Row], str]:
    """Return a page of rows, latest first, and the cursor of the next: the id of the last row, or "" at the end."""
    if re.fullmatch("[0-9]{1,18}", after):
        rows = rows.filter(pk__lt=int(after))
    page = list(rows.order_by("-pk")[: count + 1])
    return page[:count], str(page[count - 1].pk) if len(page) > count else ""


def _load(clip_ids: Sequence[int]) -> list[Clip]:
    """Return the clips with these ids, in the same order, with what their cards need."""
    clips = Clip.objects.with_tags().with_photos().select_related("creator", "source").in_bulk(clip_ids)
    return [clips[pk] for pk in clip_ids if pk in clips]
