"""Periods of sales in catalogue files.

Source: https://support.google.com/merchants/answer/6324460 (an ISO 8601 start and end, parted by a slash, UTC by default)
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from catalog.imports.values.text import ascii_digits

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_period(text: str) -> tuple[datetime, datetime] | None:
    """Return start and end of a period such as 2026-12-01T00:00-0500/2026-12-07T23:59-0500; None if it is not one.

    Texts without an offset are in UTC. A day without a time begins with it as a start, and ends with it as an end.
    """
    start_text, _slash, end_text = ascii_digits(text).strip().partition("/")
    start, end = read_moment(start_text, UTC), read_moment(end_text, UTC, is_end=True)
    return (start, end) if start and end and start < end else None


def read_moment(text: str, zone: tzinfo, *, is_end: bool = False) -> datetime | None:
    """Return the moment of a date with or without time, None if it is neither. Without an offset it is in `zone`.

    The end of a day is the first moment of the next: a sale runs while now is before it.
    """
    text = ascii_digits(text).strip().upper().removesuffix(" UTC")
    try:
        if DAY.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
