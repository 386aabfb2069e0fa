"""`{% load timecodes %}`: times in a clip and durations, written for people."""

from django import template

from videos.review.deadlines import in_words
from videos.timecode import format_time

register = template.Library()
register.filter("timecode", format_time)
register.filter("in_words", in_words)
