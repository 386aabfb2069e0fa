"""Celery task for reports. It finds its work in the database."""

from celery import shared_task
from django.utils import timezone

from social.reports import notify_reporters, settle_reports_by_decisions


@shared_task
def answer_reports() -> None:
    """Settle reports on clips that a moderator has decided on, and e-mail reporters the outcomes."""
    settle_reports_by_decisions(now=timezone.now())
    notify_reporters(now=timezone.now())
