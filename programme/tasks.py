"""Celery tasks for analytics. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from programme import day_counts
from programme.webhooks import dispatch, fan_out, retention


@shared_task
def count_days() -> None:
    """Count the days whose events are complete."""
    day_counts.count_days(now=timezone.now())


@shared_task(soft_time_limit=100, time_limit=120)
def send_webhooks() -> None:
    """Make deliveries of new events, and send those that are due."""
    while fan_out.fan_out_events(now=timezone.now()):
        pass
    dispatch.dispatch_deliveries()


@shared_task
def forget_webhooks() -> None:
    """Delete events that are too old to be sent again."""
    retention.forget_old_events(now=timezone.now())
