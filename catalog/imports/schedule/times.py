"""When a source is fetched next: by its interval, or after a growing pause if it fails."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone

from catalog.models import CatalogueSource, FetchInterval

PERIODS = {FetchInterval.HOURLY: timedelta(hours=1), FetchInterval.SIX_HOURS: timedelta(hours=6)}
FIRST_PAUSE = timedelta(hours=1)
"""Each failure in a row doubles it."""
LONGEST_PAUSE = timedelta(days=7)
"""Also of what a server may ask for."""


def first_fetch_at(source: CatalogueSource, now: datetime) -> datetime | None:
    """Return when a source is fetched after its address or interval was set, None if only when somebody asks for it."""
    return now if source.interval in PERIODS else next_fetch_at(source, now)


def next_fetch_at(source: CatalogueSource, now: datetime) -> datetime | None:
    """Return when a source is fetched after a fetch that succeeded."""
    if period := PERIODS.get(FetchInterval(source.interval)):
        return now + period
    if source.interval != FetchInterval.DAILY:
        return None
    local: datetime = now.astimezone(timezone.get_default_timezone())
    due = local.replace(hour=source.daily_hour, minute=0, second=0, microsecond=0)
    return (due if due > local else due + timedelta(days=1)).astimezone(UTC)


def retry_at(source: CatalogueSource, now: datetime, *, failures: int, retry_after: timedelta) -> datetime | None:
    """Return when a source is fetched after so many failures in a row. `retry_after` is what its server asks for."""
    if not source.interval:
        return None
    pause = min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)
    return now + max(pause, min(retry_after, LONGEST_PAUSE))


def read_retry_after(text: str, now: datetime) -> timedelta:
    """Return how long a server asks to wait: seconds or a date, as in RFC 9110. Zero if it does not say."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    return max(timedelta(), (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now)
