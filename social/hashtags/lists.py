"""The posts with a hashtag, newest first, in pages with cursors."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404

from accounts.blocks import hidden_from
from feed.lists import PAGE_SIZE, ClipPage
from social.cursors import read_time_cursor, write_time_cursor
from social.follow_lists import load_clips
from videos.models import Clip, Hashtag, PostHashtag
from videos.wording.hashtags import read_hashtag


def find_hashtag(spelling: str) -> Hashtag:
    """Return the hashtag of this spelling. Raises Http404 if it is blocked, or nobody has used it."""
    return get_object_or_404(Hashtag.objects.allowed(), key=read_hashtag(spelling))


def read_posts(hashtag: Hashtag, *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of the posts with a hashtag that a user or visitor may see, without those of muted people."""
    before, before_id = read_time_cursor(after)
    shown = Clip.objects.shown_to(reader).exclude(hidden_from(reader.pk, "creator__user"))
    posts = PostHashtag.objects.filter(hashtag=hashtag, clip__in=shown).filter(
        Q(published_at__lt=before) | Q(published_at=before, clip__lt=before_id)
    )
    rows = list(posts.order_by("-published_at", "-clip_id").values_list("clip", "published_at")[: PAGE_SIZE + 1])
    next_cursor = write_time_cursor(*rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else ""
    return ClipPage(load_clips([clip_id for clip_id, _at in rows[:PAGE_SIZE]]), next_cursor)
