"""Celery task for reports. It finds its work in the database."""

from celery import shared_task
from django.utils import timezone

from accounts.sweeps import do_each
from social.reports import notify_reporters, settle_reports_by_decisions


@shared_task
def answer_reports() -> None:
    """Settle reports on clips that a moderator has decided on, and email reporters the outcomes."""
    do_each((settle_reports_by_decisions, notify_reporters), lambda step: step(now=timezone.now()))
