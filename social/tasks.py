"""Celery tasks of reports. The rows are the queue."""

from celery import shared_task
from django.utils import timezone

from social.reports import notify_reporters, settle_reports_by_decisions


@shared_task
def answer_reports() -> None:
    """Close reports on clips that have been decided on, and e-mail the outcomes."""
    settle_reports_by_decisions(now=timezone.now())
    notify_reporters(now=timezone.now())
