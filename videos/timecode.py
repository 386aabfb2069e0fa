"""Parsing and formatting of times in a clip, such as "3.5", "0:03.5" and "1:02:03". No Django here."""

import re

_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?")


class NotATime(ValueError):
    """The text could not be parsed as a time."""


def parse_time(text: str) -> int:
    """Return a typed time in milliseconds. Accept digits of any script and a decimal comma. Raises NotATime."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise NotATime(text)
    hours, minutes, seconds, fraction = match.groups()
    if (minutes and int(seconds) > 59) or (hours and int(minutes) > 59):
        raise NotATime(text)
    whole_seconds = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole_seconds * 1000 + int((fraction or "0").ljust(3, "0"))


def format_time(milliseconds: int) -> str:
    """Format a number of milliseconds as m:ss, with decimals only if needed. For example, 3500 becomes "0:03.5"."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest:03d}".rstrip("0") if rest else ""
    return f"{minutes}:{seconds:02d}{fraction}"
