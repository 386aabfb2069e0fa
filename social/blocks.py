"""Blocking and muting people, and what ends with it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.blocks import Block, Mute, store_block, store_mute
from accounts.models import User
from creators.models import Creator
from feed.preferences import refresh_viewers
from social.models import Follow
from social.sharing.sent_posts import forget_between


class OwnAccount(Exception):
    """A refusal to block or mute oneself."""


@transaction.atomic
def set_block(*, user: User, other: User, is_on: bool, now: datetime) -> None:
    """Block a person if `is_on`, otherwise unblock them. Unblocking restores nothing.

    A block ends follows both ways, and removes the posts that the two have sent each other.

    Repeating a call changes nothing. Raises OwnAccount.
    """
    if user == other:
        raise OwnAccount(_("You can't block yourself."))
    if not store_block(user_id=user.pk, other_id=other.pk, is_on=is_on, now=now):
        return
    profiles = dict(Creator.objects.filter(user__in=[user, other]).values_list("user", "pk"))
    if is_on:
        forget_between(user.pk, other.pk)
    unfollowed = {user.pk: profiles.get(other.pk, 0), other.pk: profiles.get(user.pk, 0)} if is_on else {}
    for follower, creator in sorted(unfollowed.items(), key=lambda follow: follow[1]):
        Follow.objects.filter(user=follower, creator=creator).delete()
    refresh_viewers({user.pk: 0, other.pk: 0, **unfollowed})


@transaction.atomic
def set_mute(*, user: User, other: User, is_on: bool, now: datetime) -> None:
    """Mute a person if `is_on`, otherwise unmute them. Follows stay, so that it cannot be noticed.

    Repeating a call changes nothing. Raises OwnAccount.
    """
    if user == other:
        raise OwnAccount(_("You can't mute yourself."))
    if store_mute(user_id=user.pk, other_id=other.pk, is_on=is_on, now=now):
        refresh_viewers({user.pk: 0})


def list_blocked(user: User) -> list[Creator]:
    """Return the profiles whom a user has blocked, latest first."""
    rows = Block.objects.owned_by(user.pk).filter(blocked_user__creator__isnull=False).order_by("-pk")
    return [row.blocked_user.creator for row in rows.select_related("blocked_user__creator")]


def list_muted(user: User) -> list[Creator]:
    """Return the profiles whom a user has muted, latest first."""
    rows = Mute.objects.owned_by(user.pk).filter(muted_user__creator__isnull=False).order_by("-pk")
    return [row.muted_user.creator for row in rows.select_related("muted_user__creator")]
