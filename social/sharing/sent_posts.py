"""Posts sent to friends: members who follow each other. No words go with them, and nobody else can send any."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.blocks import hidden_from, refuse_blocked
from accounts.models import User
from creators.models import Creator
from social.models import SentPost
from videos.models import Clip

MOST_A_DAY = 30
MOST_TO_ONE_A_DAY = 5
DAY = timedelta(days=1)


class NotFriends(Exception):
    """A refusal to send a post to somebody who does not follow the sender, or whom they do not follow."""


class TooManySent(Exception):
    """A refusal because of how much a person has sent today. The message says so."""


def friends_of(user: User) -> QuerySet[Creator]:
    """Return the profiles of those who follow the user and whom the user follows, if both have a public profile."""
    friends = Creator.objects.visible_to(user.pk).exclude(user=user)
    return friends.filter(
        followers__user=user,
        user__follows__creator__in=Creator.objects.public().filter(user=user),
        user__is_active=True,
    ).order_by("display_name", "pk")


@transaction.atomic
def send_post(*, user: User, clip: Clip, recipient: Creator, now: datetime) -> None:
    """Send a post to a friend. Sending it again changes nothing. Raises NotFriends, TooManySent or Blocked."""
    refuse_blocked(user.pk, recipient.user_id)
    User.objects.select_for_update().only("pk").get(pk=user.pk)  # what else this user sends waits
    if not friends_of(user).filter(pk=recipient.pk).exists():
        raise NotFriends(_("You can send posts to people who follow you, and whom you follow."))
    if SentPost.objects.filter(sender=user, recipient=recipient.user_id, clip=clip).exists():
        return
    sent = SentPost.objects.filter(sender=user, sent_at__gt=now - DAY)
    if sent.count() >= MOST_A_DAY or sent.filter(recipient=recipient.user_id).count() >= MOST_TO_ONE_A_DAY:
        raise TooManySent(_("You have sent a lot of posts today. Try again tomorrow."))
    SentPost.objects.create(sender=user, recipient_id=recipient.user_id, clip=clip, sent_at=now)


def received_by(user: User) -> QuerySet[SentPost]:
    """Return what friends sent to a user, latest first. Posts and people that the user may not see are left out.

    What muted people send is left out as well, which they cannot notice.
    """
    received = SentPost.objects.filter(recipient=user, removed_at=None, clip__in=Clip.objects.shown_to(user))
    received = received.filter(sender__creator__is_hidden=False).exclude(hidden_from(user.pk, "sender"))
    return received.select_related("sender__creator").order_by("-pk")


def remove_received(*, user: User, pk: int, now: datetime) -> bool:
    """Remove a post from what a user has received. False if it was not there. Its sender does not learn of it."""
    return SentPost.objects.filter(recipient=user, pk=pk, removed_at=None).update(removed_at=now) == 1


def forget_between(one_id: int, other_id: int) -> None:
    """Delete what two people have sent each other, because one has blocked the other."""
    people = (one_id, other_id)
    SentPost.objects.filter(sender__in=people, recipient__in=people).delete()
