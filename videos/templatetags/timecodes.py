"""`{% load timecodes %}`: filters that format times in a clip, and durations."""

from django import template

from videos.review.deadlines import format_duration
from videos.timecode import format_time

register = template.Library()
register.filter("timecode", format_time)
register.filter("duration", format_duration)
