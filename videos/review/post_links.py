"""What the captions of published posts name: their hashtags and people are stored when a caption is approved."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.sweeps import do_each
from creators.models import Creator
from videos.models import Clip, Hashtag, PostHashtag, PostMention
from videos.models.hashtag import MAX_HASHTAGS, MAX_PEOPLE, UNREAD_LINKS
from videos.wording.hashtags import HashtagMatch, find_hashtags
from videos.wording.links import LinkKind, find_links

NAMED_BY_LATEST = 1000
"""Of how many of its latest posts a hashtag takes the spelling that most of them use."""


def store_links(clip: Clip, *, published_at: datetime, now: datetime) -> None:
    """Store what the caption of a post names, instead of what an earlier one did.

    The caller has locked the clip in a transaction. Call this before the clip is published, so that each post is counted
    once.
    """
    matches = list({match.key: match for match in find_hashtags(clip.caption)}.values())[:MAX_HASHTAGS]
    handles = [link.key for link in find_links(clip.caption) if link.kind == LinkKind.PERSON]
    people = Creator.objects.visible_to(clip.creator.user_id).filter(
        handle__in=list(dict.fromkeys(handles))[:MAX_PEOPLE]
    )
    PostMention.objects.filter(clip=clip).delete()
    PostMention.objects.bulk_create([PostMention(clip=clip, person=person, key=person.handle) for person in people])
    _replace_hashtags(clip, matches, published_at)
    Clip.objects.filter(pk=clip.pk).update(links_read_at=now)


def read_unread_links(*, now: datetime, at_most: int = 2000) -> int:
    """Store what the captions of published posts name that nobody has read yet. Return how many were read.

    These were published before there were hashtags, by an older version while the shop was upgraded, or by undoing a
    take-down.
    """
    unread = Clip.objects.filter(UNREAD_LINKS, state="published").order_by("pk")[:at_most]
    return do_each(unread, lambda clip: _read_locked(clip.pk, now))


def _read_locked(clip_id: int, now: datetime) -> int:
    with transaction.atomic():
        locked = Clip.objects.select_for_update(of=("self",), no_key=True).select_related("creator")
        clip = locked.filter(UNREAD_LINKS, pk=clip_id, state="published").first()
        if clip is None or clip.published_at is None:
            return 0
        store_links(clip, published_at=clip.published_at, now=max(now, clip.state_changed_at))
        Clip.objects.filter(pk=clip.pk).update(updated_at=timezone.now())  # so that the feed reads it again
    return 1


def _replace_hashtags(clip: Clip, matches: Sequence[HashtagMatch], published_at: datetime) -> None:
    PostHashtag.objects.filter(clip=clip).delete()
    hashtags = Hashtag.objects.ensure(matches)
    PostHashtag.objects.bulk_create(
        PostHashtag(clip=clip, hashtag=hashtags[match.key], spelling=match.spelling, published_at=published_at)
        for match in matches
    )
    respelled = [hashtags[match.key] for match in matches if hashtags[match.key].name != match.spelling]
    if respelled:
        # In the order of the triggers that count, which lock all of them.
        list(Hashtag.objects.filter(key__in=hashtags).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    for hashtag in respelled:
        Hashtag.objects.filter(pk=hashtag.pk).update(name=_most_used_spelling(hashtag))


def _most_used_spelling(hashtag: Hashtag) -> str:
    """Return the spelling that most of the latest posts use. A draw changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT spelling FROM (
                SELECT spelling FROM videos_posthashtag WHERE hashtag_id = %(id)s
                ORDER BY published_at DESC, clip_id DESC LIMIT %(count)s) AS latest
            GROUP BY spelling ORDER BY count(*) DESC, spelling = %(name)s DESC, spelling LIMIT 1
            """,
            {"id": hashtag.pk, "name": hashtag.name, "count": NAMED_BY_LATEST},
        )
        row = cursor.fetchone()
    return str(row[0]) if row else hashtag.name
