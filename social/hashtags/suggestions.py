"""Hashtags and people that fit the first letters of what somebody types."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from accounts.blocks import hidden_from
from accounts.models import User
from creators.models import Creator
from social.models import Follow
from videos.models import Hashtag
from videos.wording.hashtags import MAX_CHARACTERS, SIGNS, fold_hashtag

MAX_SUGGESTIONS = 8


def suggest_hashtags(beginning: str) -> Sequence[Hashtag]:
    """Return the hashtags with posts that begin so, those with the most posts first, at most 8."""
    key = fold_hashtag(_clean(beginning).lstrip(SIGNS))
    hashtags = Hashtag.objects.allowed().filter(key__startswith=key, post_count__gt=0)
    return list(hashtags.order_by("-post_count", "pk")[:MAX_SUGGESTIONS])


def suggest_people(beginning: str, *, user: User) -> Sequence[Creator]:
    """Return the profiles whose handle or name begins so, at most 8: first those whom the user follows.

    The user's own profile is left out, and so are people whom they have blocked or muted, or who have blocked them.
    """
    typed = _clean(beginning).lstrip("@")
    people = Creator.objects.public().exclude(hidden_from(user.pk)).exclude(user=user)
    people = people.filter(Q(handle__startswith=typed.lower()) | Q(display_name__istartswith=typed))
    is_followed = Exists(Follow.objects.filter(user=user, creator=OuterRef("pk")))
    return list(people.annotate(is_followed=is_followed).order_by("-is_followed", "handle")[:MAX_SUGGESTIONS])


def _clean(typed: str) -> str:
    return typed.replace("\0", "").strip()[:MAX_CHARACTERS]
