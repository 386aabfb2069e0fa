"""Months of the event table: made ahead, dropped when they are older than is kept."""

from datetime import datetime

from django.conf import settings
from django.db import connection

from feed.models import month_start

MONTHS_AHEAD = 3


def month_after(moment: datetime, months: int = 1) -> datetime:
    """Return the first moment of the month that comes `months` later; negative goes back."""
    index = moment.year * 12 + moment.month - 1 + months
    return month_start(moment).replace(year=index // 12, month=index % 12 + 1)


def partition_name(month: datetime) -> str:
    return f"feed_event_{month:%Y_%m}"


def make_partitions(*, now: datetime) -> None:
    """Make this month's partition and those of the next three; what is there stays."""
    with connection.cursor() as cursor:
        for ahead in range(MONTHS_AHEAD + 1):
            first, after = month_after(now, ahead), month_after(now, ahead + 1)
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {partition_name(first)} PARTITION OF feed_event"
                f" FOR VALUES FROM ('{first.isoformat()}') TO ('{after.isoformat()}')"
            )


def drop_old_partitions(*, now: datetime) -> list[str]:
    """Drop the months that lie further back than FEED_KEEP_MONTHS and return their names."""
    oldest_kept = partition_name(month_after(now, -settings.FEED_KEEP_MONTHS))
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'feed_event'::regclass")
        names = [name for (name,) in cursor.fetchall() if name.startswith("feed_event_2") and name < oldest_kept]
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
    return names
