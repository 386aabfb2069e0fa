"""Celery tasks for reports, comments, ratings and sponsorships. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from accounts.sweeps import do_each
from social.comments.authorship import forget_deleted
from social.ratings.requests import ask_for_ratings
from social.reports import notify_reporters, settle_reports_by_decisions
from social.sponsorships.sweep import advance_sponsorships


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
def move_sponsorships_on() -> None:
    """Submit what was paid, pause and resume by what can be shown, end what is over, and refund what is left."""
    advance_sponsorships(now=timezone.now())
