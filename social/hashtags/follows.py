"""Following hashtags. Repeating a call changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from social.models import HashtagFollow
from videos.models import Hashtag


class TooManyHashtags(Exception):
    """A refusal to follow another hashtag. The message says why."""


@transaction.atomic
def set_hashtag_follow(*, user: User, hashtag: Hashtag, is_on: bool, now: datetime) -> None:
    """Follow a hashtag if `is_on`, otherwise unfollow it. Raises TooManyHashtags."""
    own = HashtagFollow.objects.owned_by(user)
    if not is_on:
        own.filter(hashtag=hashtag).delete()
        return
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # so that the limit counts one follow after the other
    if own.filter(hashtag=hashtag).exists():
        return
    if own.count() >= HashtagFollow.MAX_PER_USER:
        sentence = _("You follow %(most)d hashtags, and more are not possible. Unfollow one first.")
        raise TooManyHashtags(sentence % {"most": HashtagFollow.MAX_PER_USER})
    HashtagFollow.objects.create(user=user, hashtag=hashtag, created_at=now)


def is_following(user: Any, hashtag: Hashtag) -> bool:
    return user.is_authenticated and HashtagFollow.objects.owned_by(user).filter(hashtag=hashtag).exists()


def list_followed_hashtags(user: Any) -> Sequence[Hashtag]:
    """Return the hashtags that a user follows, latest first, without those that are blocked. Visitors follow none."""
    if not user.is_authenticated:
        return []
    follows = HashtagFollow.objects.owned_by(user).filter(hashtag__block_reason="").select_related("hashtag")
    return [follow.hashtag for follow in follows.order_by("-pk")]
