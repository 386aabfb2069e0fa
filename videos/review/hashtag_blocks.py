"""Hashtags that staff block: they have no page and no links, and their posts stay."""

from datetime import datetime

from django.db import transaction

from videos.models import Clip, PostHashtag


@transaction.atomic
def refresh_captions(*, hashtag_id: int, now: datetime) -> None:
    """Have the feed read the captions with a hashtag again, after it was blocked or allowed.

    Call it after that was committed: whoever publishes locks a post first and then its hashtags.
    """
    posts = Clip.objects.filter(pk__in=PostHashtag.objects.filter(hashtag=hashtag_id).values("clip"))
    ids = list(posts.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Clip.objects.filter(pk__in=ids).update(updated_at=now)
