"""Monthly partitions of the event table, which are created ahead of time and dropped after FEED_KEEP_MONTHS."""

from datetime import datetime

from django.conf import settings
from django.db import connection

MONTHS_AHEAD = 3


def create_partitions(*, now: datetime) -> None:
    """Create the missing partitions for this month and the next three."""
    with connection.cursor() as cursor:
        for ahead in range(MONTHS_AHEAD + 1):
            start, end = _add_months(now, ahead), _add_months(now, ahead + 1)
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {_partition_name(start)} PARTITION OF feed_event"
                f" FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
            )


def drop_old_partitions(*, now: datetime) -> list[str]:
    """Drop partitions older than FEED_KEEP_MONTHS and return their names."""
    oldest = _partition_name(_add_months(now, -settings.FEED_KEEP_MONTHS))
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'feed_event'::regclass")
        names = [name for (name,) in cursor.fetchall() if name.startswith("feed_event_2") and name < oldest]
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
    return names


def _add_months(moment: datetime, months: int) -> datetime:
    """Return the start of the month that is `months` after the month of `moment`. Negative numbers go back."""
    index = moment.year * 12 + moment.month - 1 + months
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start.replace(year=index // 12, month=index % 12 + 1)


def _partition_name(month: datetime) -> str:
    return f"feed_event_{month:%Y_%m}"
