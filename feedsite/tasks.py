"""Celery tasks that need several apps."""

from celery import shared_task
from django.utils import timezone

from feedsite.click_outcomes import count_outcomes


@shared_task
def count_click_outcomes() -> None:
    """Tell the feed what was put into bags and bought."""
    count_outcomes(now=timezone.now())
