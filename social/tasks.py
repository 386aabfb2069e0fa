"""Celery tasks for reports, comments, ratings, notifications and sponsorships. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from accounts.sweeps import do_each
from social.comments.authorship import forget_deleted
from social.notices.intake import forget_notices
from social.notifications.lists import forget_old_notifications
from social.notifications.mail import send_digests, send_instant_emails
from social.notifications.pushes import send_pushes
from social.notifications.sources import announce_posts, grant_wishes, notify_of_decisions, notify_of_parcels
from social.ratings.requests import ask_for_ratings
from social.removals.records import forget_removals
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
def forget_old_removals() -> None:
    """Delete what was kept for appeals whose time is over, and the words of old removals and notices."""
    do_each((forget_removals, forget_notices), lambda step: step(now=timezone.now()))


@shared_task
def collect_notifications() -> None:
    """Tell people of posts, decisions, parcels, stock and prices."""
    sources = (announce_posts, notify_of_decisions, notify_of_parcels, grant_wishes)
    do_each(sources, lambda source: source(now=timezone.now()))


@shared_task
def send_notifications() -> None:
    """Email notifications, at once and in digests, and push them to browsers."""
    do_each((send_instant_emails, send_digests, send_pushes), lambda step: step(now=timezone.now()))


@shared_task
def forget_notifications() -> None:
    """Delete notifications that are past their time."""
    while forget_old_notifications(now=timezone.now()):
        pass


@shared_task
def move_sponsorships_on() -> None:
    """Submit what was paid, pause and resume by what can be shown, end what is over, and refund what is left."""
    advance_sponsorships(now=timezone.now())
