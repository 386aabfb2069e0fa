"""Demo sharing: a friend sent the shopper a clip, and the shopper's own link to another has been opened."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.blocks import Blocked
from accounts.models import User
from creators.models import Creator
from demo.clips import own_clips
from demo.progress import Progress
from social.marks import set_follow
from social.models import ShareLinkDay
from social.sharing.links import create_link
from social.sharing.sent_posts import NotFriends, TooManySent, send_post

OPENS_BY_DAY = (9, 4, 2)
"""Of the shopper's link, today and before."""


def share_posts(shopper: User, progress: Progress, *, now: datetime) -> None:
    """Send a clip and make a link, unless that was done before."""
    clips = list(own_clips().published().select_related("creator").order_by("pk")[:2])
    profile = Creator.objects.filter(user=shopper).first()
    friend = (
        Creator.objects.filter(enrolments=None, user__email__endswith="@demo.example").exclude(user=shopper).first()
    )
    if len(clips) < 2 or profile is None or friend is None:
        return
    try:
        set_follow(user=shopper, creator=friend, is_on=True, now=now)
        set_follow(user=friend.user, creator=profile, is_on=True, now=now)
        send_post(user=friend.user, clip=clips[0], recipient=profile, now=now)
    except (Blocked, NotFriends, TooManySent) as refusal:
        progress.note(f"No clip was sent to the shopper: {refusal}")
    link = create_link(user=shopper, clip=clips[1], now=now)
    if not link.days.exists():
        for days_ago, opens in enumerate(OPENS_BY_DAY):
            ShareLinkDay.objects.create(link=link, day=localdate(now - timedelta(days=days_ago)), opens=opens)
