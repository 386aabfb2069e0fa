"""`{% load timecodes %}`: moments and lengths of time as people read them."""

from datetime import timedelta

from django import template
from django.utils.timesince import timesince
from django.utils.timezone import now

from videos.timecode import format_time

register = template.Library()
register.filter("timecode", format_time)


@register.filter
def in_words(length: timedelta | None) -> str:
    """Write a length of time with its largest unit: “3 hours”."""
    if length is None:
        return ""
    until = now()
    return timesince(until - max(length, timedelta(minutes=1)), until, depth=1)
