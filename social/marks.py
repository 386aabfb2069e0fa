"""Functions that set and remove likes, saves, hidden clips and follows. Repeating a call changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.blocks import hidden_from, lock_against_blocks, refuse_blocked
from accounts.models import User
from creators.models import Creator
from feed.preferences import refresh_viewers
from social.models import CollectedClip, Follow, Hidden, Like, Mark, Save
from social.notifications.occasions import notify_of_follow, notify_of_like
from videos.models import Clip

MARKS: dict[str, type[Mark]] = {"like": Like, "save": Save, "not-interested": Hidden}


@transaction.atomic
def set_mark(*, user: User, clip: Clip, verb: str, is_on: bool, now: datetime) -> None:
    """Set a user's mark on a clip if `is_on`, otherwise remove it. `verb` is a key of `MARKS`.

    A clip that is no longer saved leaves the user's collections.
    """
    model = MARKS[verb]
    if is_on:
        model._default_manager.bulk_create([model(user=user, clip=clip, created_at=now)], ignore_conflicts=True)
        if model is Like:
            notify_of_like(clip, by=user, now=now)
    else:
        model._default_manager.filter(user=user, clip=clip).delete()
        if model is Save:
            CollectedClip.objects.filter(collection__user=user, clip=clip).delete()


@transaction.atomic
def set_follow(*, user: User, creator: Creator, is_on: bool, now: datetime) -> None:
    """Follow a creator if `is_on`, otherwise unfollow the creator. Raises Blocked if one has blocked the other."""
    if is_on:
        refuse_blocked(user.pk, creator.user_id)
        Follow.objects.bulk_create([Follow(user=user, creator=creator, created_at=now)], ignore_conflicts=True)
        notify_of_follow(creator, by=user, now=now)
    else:
        Follow.objects.filter(user=user, creator=creator).delete()


@transaction.atomic
def adopt_marks(
    *, user: User, clip_ids: Mapping[str, Sequence[int]], creator_ids: Sequence[int], now: datetime
) -> None:
    """Copy a visitor's marks and follows to the user's account.

    `clip_ids` maps keys of `MARKS` to clip ids. Deleted clips and creators are skipped, and so are creators who have
    blocked the user, or whom the user has blocked.
    """
    lock_against_blocks(user.pk)
    for verb, ids in clip_ids.items():
        model = MARKS[verb]
        rows = [
            model(user=user, clip_id=pk, created_at=now)
            for pk in Clip.objects.filter(pk__in=ids).values_list("pk", flat=True)
        ]
        model._default_manager.bulk_create(rows, ignore_conflicts=True)
    is_blocked = hidden_from(user.pk, includes_muted=False)
    creators = Creator.objects.filter(pk__in=creator_ids)
    follows = [Follow(user=user, creator=creator, created_at=now) for creator in creators.exclude(is_blocked)]
    Follow.objects.bulk_create(follows, ignore_conflicts=True)
    for pk in creators.filter(is_blocked).values_list("pk", flat=True):
        refresh_viewers({user.pk: pk})
