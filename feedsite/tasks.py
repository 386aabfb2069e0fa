"""Celery tasks that need several apps."""

from celery import shared_task
from django.utils import timezone

from feedsite.click_outcomes import count_outcomes
from feedsite.returning_people import link_returning_people


@shared_task
def count_click_outcomes() -> None:
    """Tell the feed what was put into bags and bought."""
    count_outcomes(now=timezone.now())


@shared_task
def note_returning_people() -> None:
    """Look for suspended people who have come back under another profile."""
    link_returning_people(now=timezone.now())
