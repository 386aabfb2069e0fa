"""Celery tasks for analytics. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from programme import day_counts


@shared_task
def count_days() -> None:
    """Count the days whose events are complete."""
    day_counts.count_days(now=timezone.now())
