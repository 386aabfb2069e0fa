"""What an endpoint answered, and when the next attempt is due."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PAUSES = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24)),
)
"""Pauses after each failed attempt, which Standard Webhooks recommends. After the attempt that follows, it is given up."""
JITTER = 0.2
"""By which share a pause is longer at most, so that retries do not come all at once."""
LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """The status that an endpoint answered, and what it said of the next attempt, or why there was no answer."""

    status: int | None
    failure: str = ""
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == 410


def next_pause(attempt_count: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, or None if there is no further one."""
    if attempt_count > len(PAUSES):
        return None
    return PAUSES[attempt_count - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret


def requested_pause(answer: EndpointAnswer, now: datetime) -> timedelta:
    """Return how long an endpoint that is busy (429 or 503) asked to be left alone, at most a day."""
    if answer.status not in (429, 503):
        return timedelta()
    return min(max(_read_retry_after(answer.retry_after, now), timedelta()), LONGEST_PAUSE)


def _read_retry_after(text: str, now: datetime) -> timedelta:
    """Return the seconds or the time until the date that the header names."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return timedelta(seconds=int(text))
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    return (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
