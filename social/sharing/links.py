"""Share links: people's own links to posts, which count those who open them, and what these order.

Counts are for the sharer alone, and change nothing about pay or ranking. Who opened a link is remembered only as marks in
the cache, which are keyed hashes and expire, so that a person counts once, and an order can follow.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Sum
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from accounts.models import User
from social.models import ShareLink, ShareLinkDay
from videos.models import Clip

PARAMETER = "via"
STEP = 5
"""Counts are shown in steps of this many people, so that nobody can be told from the others."""
COUNTED_ONCE_IN = timedelta(days=30)


@dataclass(frozen=True)
class Opener:
    """Whoever opens a link. Neither the browser nor the network may have opened it before to count."""

    user_id: int | None
    viewer: uuid.UUID
    network: str

    def marks(self, link: ShareLink) -> list[str]:
        """Return the cache keys by which this person is known to have opened the link."""
        return [_key("opened", link.code, known_by) for known_by in (self.viewer.hex, self.network) if known_by]


@dataclass(frozen=True)
class ShareCounts:
    """How many people opened a link, and how many orders came of it: at least as many as said, in steps of five."""

    opens: int
    orders: int


def create_link(*, user: User, clip: Clip, now: datetime) -> ShareLink:
    """Return the user's own link to a post, which is created if there is none."""
    link, _created = ShareLink.objects.get_or_create(user=user, clip=clip, defaults={"created_at": now})
    return link


def delete_link(*, user: User, clip: Clip) -> None:
    """Delete the user's own link to a post, and its counts."""
    ShareLink.objects.owned_by(user).filter(clip=clip).delete()


def exclude_sharer(*, link: ShareLink, opener: Opener) -> None:
    """Don't count the sharer's own browser and network, also after they have signed out."""
    for mark in opener.marks(link):
        cache.set(mark, 1, _seconds(COUNTED_ONCE_IN))


def count_open(*, code: str, clip: Clip, opener: Opener, now: datetime) -> bool:
    """Count that somebody came by a share link. False if the link is another post's, or they have been counted before.

    Without a cache that remembers who was counted, nobody is.
    """
    link = ShareLink.objects.filter(code=code, clip=clip, user__is_active=True).first()
    if link is None:
        return False
    if link.user_id == opener.user_id:
        exclude_sharer(link=link, opener=opener)
        return False
    marks = opener.marks(link)
    is_new = all(cache.add(mark, 1, _seconds(COUNTED_ONCE_IN)) for mark in marks)  # stops at the first that is known
    if not is_new or cache.get(marks[0]) is None:
        return False
    came_within = timedelta(days=settings.ATTRIBUTION_DAYS)
    if came_within:
        cache.set(_key("came", str(clip.pk), opener.viewer.hex), link.pk, _seconds(came_within))
    return _add(link.pk, now=now, opens=1)


def count_orders(bought: Iterable[tuple[int, int, uuid.UUID]], *, now: datetime) -> int:
    """Count orders that followed opens of share links, and return how many did.

    `bought` has the id of each order, and the post and the viewer of the clicks that led to it.
    """
    counted = 0
    for _order_id, clip_id, viewer in sorted(set(bought)):
        link_id = cache.get(_key("came", str(clip_id), viewer.hex))
        counted += link_id is not None and _add(link_id, now=now, orders=1)
    return counted


def read_counts(link: ShareLink) -> ShareCounts:
    """Return what the sharer may know: nothing below five people, and never which of them came, or on which day."""
    sums = link.days.aggregate(opens=Sum("opens", default=0), orders=Sum("orders", default=0))
    return ShareCounts(sums["opens"] // STEP * STEP, sums["orders"] // STEP * STEP)


@transaction.atomic
def _add(link_id: int, *, now: datetime, opens: int = 0, orders: int = 0) -> bool:
    """Add to the counts of a day. False if the link has been deleted meanwhile."""
    if ShareLink.objects.select_for_update(no_key=True).filter(pk=link_id).first() is None:
        return False
    day, _created = ShareLinkDay.objects.get_or_create(link_id=link_id, day=localdate(now))
    ShareLinkDay.objects.filter(pk=day.pk).update(opens=F("opens") + opens, orders=F("orders") + orders)
    return True


def _key(purpose: str, subject: str, known_by: str) -> str:
    digest = salted_hmac("social.sharing", f"{purpose}:{subject}:{known_by}", algorithm="sha256").hexdigest()
    return f"share-{purpose}:{digest[:32]}"


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
