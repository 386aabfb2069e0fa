"""Counting of days: from events, comments and orders to the counts of posts that may be shown.

A day is counted once its events are complete: browsers that were offline send theirs for two days. The row of a day is
the queue. Days are counted in order and each in one transaction, so a run that is killed is simply repeated.
"""

import math
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils.timezone import get_default_timezone, localtime

from feed.events.recording import MAX_AGE
from feed.models import EventKind
from feed.ranking.trust import KNOWN, NEW
from programme.day_counts_sql import COUNT_AUDIENCE, COUNT_SALES
from programme.models import FIRST_BUCKET, RETENTION_BUCKETS, CountedDay, Measure
from programme.suppression import LONGEST_WAIT_DAYS
from shop.states import OrderState
from videos.models import Clip

FIRST_RUN_DAYS = 365
"""How far back the first run counts, at most."""
KNOWN_AFTER_DAYS = math.ceil(KNOWN / NEW)
"""On how many days a viewer has to come before they no longer count as new."""


def count_days(*, now: datetime, at_most: int = 30) -> int:
    """Count the complete days that are not counted yet, oldest first, and return how many were counted."""
    _add_days(now)
    counted = 0
    while counted < at_most and _count_next_day(now):
        counted += 1
    return counted


def last_complete_day(now: datetime) -> date:
    """Return the last day of which all events have arrived."""
    return localtime(now - MAX_AGE, get_default_timezone()).date() - timedelta(days=1)


def get_counted_until(now: datetime) -> date:
    """Return the last day that is counted or, before the first run, the last complete one."""
    return CountedDay.objects.filter(counted_at__isnull=False).aggregate(last=Max("on"))["last"] or last_complete_day(
        now
    )


def _add_days(now: datetime) -> None:
    """Add a row for each complete day. The first one is that on which the first post was published."""
    last = last_complete_day(now)
    newest = CountedDay.objects.aggregate(newest=Max("on"))["newest"]
    if newest is None:
        published_at = Clip.objects.aggregate(first=Min("published_at"))["first"]
        if published_at is None:
            return
        published_on = localtime(published_at, get_default_timezone()).date()
        newest = max(published_on, last - timedelta(days=FIRST_RUN_DAYS)) - timedelta(days=1)
    days = [newest + timedelta(days=number) for number in range(1, (last - newest).days + 1)]
    CountedDay.objects.bulk_create([CountedDay(on=day) for day in days], ignore_conflicts=True)


@transaction.atomic
def _count_next_day(now: datetime) -> bool:
    """Count the oldest day that is not counted. Return False if there is none, or if another worker just counted it."""
    day = CountedDay.objects.select_for_update().filter(counted_at=None).order_by("on").first()
    if day is None:
        return False
    values = _read_values(day.on)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AUDIENCE, values)
        cursor.execute(COUNT_SALES, values)
    CountedDay.objects.filter(pk=day.pk).update(counted_at=now)
    return True


def _read_values(day: date) -> dict[str, Any]:
    zone = get_default_timezone()
    first = day - timedelta(days=LONGEST_WAIT_DAYS - 1)
    return {
        "day": day,
        "first_day": first,
        "start": datetime.combine(first, time(), zone),
        "end": datetime.combine(day + timedelta(days=1), time(), zone),
        "zone": str(zone),
        "known_after_days": KNOWN_AFTER_DAYS,
        "currency": settings.CURRENCY,
        "paid": [OrderState.PAID, OrderState.PARTLY_REFUNDED],
        "buckets": RETENTION_BUCKETS,
        "first_bucket": FIRST_BUCKET,
        **{kind.name.lower(): int(kind) for kind in EventKind},
        **{f"measure_{measure.name.lower()}": int(measure) for measure in Measure},
    }
