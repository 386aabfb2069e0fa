"""Celery's doors to the rules of clips: ids only, idempotent, bounded."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from videos.intake import tus
from videos.pipeline import scheduling, worker
from videos.review import drift, expiry, mail
from videos.studio import waitlist


@shared_task(soft_time_limit=settings.TRANSCODE_TIME_LIMIT - 60, time_limit=settings.TRANSCODE_TIME_LIMIT)
def process_next_job() -> None:
    """Work on the job whose turn it is. A bell names no job, so that bells cannot stand in a line for one creator."""
    try:
        worker.process_next_job()
    except worker.GaveWay:
        process_next_job.delay()


@shared_task
def ring_waiting_jobs() -> None:
    """Ring for what waits or has gone silent, whatever became of the first bell."""
    for _ in range(scheduling.count_bells(now=timezone.now())):
        process_next_job.delay()


@shared_task
def mail_waiting_receipts() -> None:
    """Tell creators whose clips have arrived where they stand in the queue."""
    mail.mail_waiting_receipts(now=timezone.now())


@shared_task
def mail_waiting_decisions() -> None:
    """Tell creators of decisions whose moment of grace is over."""
    mail.mail_waiting_decisions(now=timezone.now())


@shared_task
def expire_held_slots() -> None:
    """Give back what is held for clips that nobody mends."""
    expiry.expire_held_slots(now=timezone.now())


@shared_task
def flag_drift() -> None:
    """Send clips whose products have changed price to a light re-check."""
    drift.flag_drift(now=timezone.now())


@shared_task
def sweep_uploads() -> None:
    """Finish uploads that arrived whole and were never asked after, and forget abandoned ones."""
    tus.sweep_uploads(now=timezone.now())


@shared_task
def serve_waiting_lists() -> None:
    """Submit clips that wait for a place in their campaign, and tell their creators."""
    waitlist.serve_waiting_lists(now=timezone.now())
    waitlist.mail_served(now=timezone.now())
