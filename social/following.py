"""The posts of the people and with the hashtags that somebody follows, newest first, in pages with cursors."""

from typing import Any

from django.db import connection

from accounts.access import is_adult
from feed.lists import PAGE_SIZE, ClipPage
from feed.models import Viewer
from social.cursors import read_time_cursor, write_time_cursor
from social.follow_lists import load_clips

_IS_SHOWN = "state = 'published' AND NOT is_hidden AND (%(adult)s OR NOT is_age_restricted)"
_NEWEST_OF_PEOPLE = f"""
    SELECT newest.id, newest.published_at FROM ({{followed}}) AS followed (creator_id)
    JOIN creators_creator creator ON creator.id = followed.creator_id AND NOT creator.is_hidden
    CROSS JOIN LATERAL (
        SELECT id, published_at FROM videos_clip
        WHERE creator_id = creator.id AND {_IS_SHOWN} AND (published_at, id) < (%(before)s, %(before_id)s)
        ORDER BY published_at DESC, id DESC LIMIT %(count)s) AS newest
    WHERE creator.user_id NOT IN (SELECT user_id FROM unseen)
"""  # noqa: S608  # a constant of this module
"""At most so many clips of each followed profile are looked up in an index, so that it does not matter how many they have."""
_NEWEST_OF_HASHTAGS = f"""
    SELECT newest.id, newest.published_at FROM social_hashtagfollow follow
    JOIN videos_hashtag hashtag ON hashtag.id = follow.hashtag_id AND hashtag.block_reason = ''
    CROSS JOIN LATERAL (
        SELECT clip.id, clip.published_at FROM videos_posthashtag post
        JOIN (SELECT id, creator_id, published_at FROM videos_clip WHERE {_IS_SHOWN}) AS clip ON clip.id = post.clip_id
        JOIN creators_creator creator ON creator.id = clip.creator_id
        WHERE post.hashtag_id = hashtag.id AND (post.published_at, post.clip_id) < (%(before)s, %(before_id)s)
              AND creator.user_id NOT IN (SELECT user_id FROM unseen)
        ORDER BY post.published_at DESC, post.clip_id DESC LIMIT %(count)s) AS newest
    WHERE follow.user_id = %(user)s
"""  # noqa: S608  # a constant of this module
_NEWEST = """
    WITH unseen AS (
        SELECT blocked_user_id AS user_id FROM accounts_block WHERE user_id = %(user)s
        UNION ALL SELECT user_id FROM accounts_block WHERE blocked_user_id = %(user)s
        UNION ALL SELECT muted_user_id FROM accounts_mute WHERE user_id = %(user)s)
    SELECT id, published_at FROM ({newest}) AS newest ORDER BY published_at DESC, id DESC LIMIT %(count)s
"""
_FOLLOWED_BY_USER = "SELECT creator_id FROM social_follow WHERE user_id = %(user)s"
_FOLLOWED_BY_VISITOR = "SELECT unnest(%(followed)s::bigint[])"


def read_following(viewer: Viewer, *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of the posts that a viewer follows, newest first, each once. Those of muted people are left out.

    One statement finds them, however many people and hashtags are followed. Visitors follow people only.
    """
    before, before_id = read_time_cursor(after)
    people = _NEWEST_OF_PEOPLE.format(followed=_FOLLOWED_BY_USER if reader.pk else _FOLLOWED_BY_VISITOR)
    statement = _NEWEST.format(newest=f"{people} UNION {_NEWEST_OF_HASHTAGS}" if reader.pk else people)
    values = {"user": reader.pk, "followed": viewer.followed, "adult": is_adult(reader), "count": PAGE_SIZE + 1}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"before": before, "before_id": before_id})
        rows = cursor.fetchall()
    next_cursor = write_time_cursor(*rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else ""
    return ClipPage(load_clips([pk for pk, _at in rows[:PAGE_SIZE]]), next_cursor)
