"""The list of a user's notifications: its pages, how many are unread, and reading them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from social.cursors import read_time_cursor, write_time_cursor
from social.models import Notification, NotificationChoice, PushSubscription, Wish
from social.notifications.lines import Line, describe
from social.notifications.subjects import shown_to

PAGE_SIZE = 20
MOST_COUNTED = 99
KEPT_FOR = timedelta(days=90)
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True)
class NotificationPage:
    """Notifications in words, newest first. `after` is the cursor of the next page, or "" at the end."""

    lines: Sequence[Line]
    after: str


def read_page(reader: User, *, after: str = "", limit: int = PAGE_SIZE) -> NotificationPage:
    listed = shown_to(reader, Notification.objects.filter(user=reader, is_listed=True))
    if after:
        at, pk = read_time_cursor(after)
        listed = listed.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=pk))
    rows = list(listed.order_by("-happened_at", "-pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return NotificationPage(
        describe(reader, rows[:limit]), write_time_cursor(last.pk, last.happened_at) if last is not None else ""
    )


def count_unread(reader: User) -> int:
    """Return how many unread notifications the reader may see, at most 99.

    Whoever has none, which is most people on most pages, costs one look into an index.
    """
    unread = Notification.objects.filter(user=reader, is_listed=True).unread()
    return shown_to(reader, unread)[:MOST_COUNTED].count()


def mark_read(*, reader: User, ids: Collection[int] | None = None, now: datetime) -> int:
    """Mark these notifications of the reader as read, or all of them. Return how many were unread."""
    unread = Notification.objects.filter(user=reader).unread()
    return (unread if ids is None else unread.filter(pk__in=ids)).update(read_at=now)


def find_line(reader: User, pk: int) -> Line | None:
    """Return one of the reader's notifications, or None if they have none with this id, or may not see it any more."""
    return next(iter(describe(reader, list(shown_to(reader, Notification.objects.filter(user=reader, pk=pk))))), None)


def erase_notifications(*, user: User) -> None:
    """Delete what a user was told and wanted to be told, and what others were told of their doing."""
    for rows in (Notification, NotificationChoice, PushSubscription, Wish):
        rows._default_manager.filter(user=user).delete()
    Notification.objects.filter(actor=user).delete()


def forget_old_notifications(*, now: datetime) -> int:
    """Delete the oldest notifications that are past their time, some thousands at once. Return how many."""
    old = Notification.objects.filter(happened_at__lt=now - KEPT_FOR).order_by("happened_at")
    return Notification.objects.filter(pk__in=old.values("pk")[:FORGOTTEN_AT_ONCE]).delete()[0]
