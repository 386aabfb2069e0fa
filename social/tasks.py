"""Celery tasks for reports, comments and ratings. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from accounts.sweeps import do_each
from social.comments.authorship import forget_deleted
from social.notices.sending import forget_notices
from social.ratings.requests import ask_for_ratings
from social.removals.records import forget_removals
from social.reports import notify_reporters, settle_reports_by_decisions


@shared_task
def answer_reports() -> None:
    """Settle reports on clips that a moderator has decided on, and email reporters the outcomes."""
    do_each((settle_reports_by_decisions, notify_reporters), lambda step: step(now=timezone.now()))


@shared_task
def mail_rating_requests() -> None:
    """Email shoppers whose orders were delivered some time ago, and ask for ratings."""
    ask_for_ratings(now=timezone.now())


@shared_task
def forget_deleted_comments() -> None:
    """Drop the empty rows of comments that their authors deleted."""
    forget_deleted(now=timezone.now())


@shared_task
def forget_old_removals() -> None:
    """Delete what was kept for appeals whose time is over, and the words of old removals and notices."""
    do_each((forget_removals, forget_notices), lambda step: step(now=timezone.now()))
