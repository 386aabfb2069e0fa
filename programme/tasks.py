"""Celery tasks for analytics. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from programme import counting


@shared_task
def count_days() -> None:
    """Count the days whose events are complete."""
    counting.count_days(now=timezone.now())
