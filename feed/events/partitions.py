"""Monthly partitions of the event table: created ahead, repaired, and dropped after FEED_KEEP_MONTHS.

Events of a month without a partition go to the default partition, `feed_event_other`. Its rows are moved as soon as
the partition of their month is created.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import OperationalError, connection, transaction

MONTHS_AHEAD = 3
logger = logging.getLogger(__name__)


def maintain_partitions(*, now: datetime) -> None:
    """Create the partitions of the coming months and of stray events, and drop those that are too old."""
    create_partitions(now=now)
    drop_old_partitions(now=now)


def create_partitions(*, now: datetime) -> None:
    """Create the missing partitions of this month, the next three, and the months of events without a partition.

    A partition that cannot be locked within five seconds is left for the next call, and the others are still created.
    """
    coming = {_add_months(now, ahead) for ahead in range(MONTHS_AHEAD + 1)}
    for month in sorted(coming | _months_of_stray_events()):
        _run_unless_locked("SELECT feed_add_partition(%s)", [month.date()])


def drop_old_partitions(*, now: datetime) -> list[str]:
    """Drop partitions older than FEED_KEEP_MONTHS and return their names, without those that were locked."""
    oldest = _partition_name(_add_months(now, -settings.FEED_KEEP_MONTHS))
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'feed_event'::regclass")
        names = sorted(name for (name,) in cursor.fetchall() if name.startswith("feed_event_2") and name < oldest)
    return [name for name in names if _run_unless_locked(f"DROP TABLE {name}", [])]


def _run_unless_locked(statement: str, parameters: Sequence[date]) -> bool:
    """Run a statement that locks the event table. Return False if others kept it locked for five seconds."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(statement, parameters)
    except OperationalError as error:
        logger.warning("Event partition not changed", extra={"statement": statement, "error": str(error).strip()})
        return False
    return True


def _months_of_stray_events() -> set[datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT date_trunc('month', served_at AT TIME ZONE 'UTC') FROM feed_event_other")
        return {month.replace(tzinfo=UTC) for (month,) in cursor.fetchall()}


def _add_months(moment: datetime, months: int) -> datetime:
    """Return the start of the month that is `months` after the month of `moment`. Negative numbers go back."""
    moment = moment.astimezone(UTC)
    index = moment.year * 12 + moment.month - 1 + months
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start.replace(year=index // 12, month=index % 12 + 1)


def _partition_name(month: datetime) -> str:
    return f"feed_event_{month:%Y_%m}"
