"""Celery tasks for clips. They take only ids as arguments, are idempotent, and do a bounded amount of work."""

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from videos.intake import tus
from videos.pipeline import scheduling, worker
from videos.pipeline.heartbeat import JobYielded
from videos.review import deadlines, drift, mail
from videos.review.trust import publish_on_trust
from videos.studio import waitlist


def enqueue_processing() -> None:
    """Enqueue the processing task after the transaction commits. Enqueuing it twice is harmless.

    A broker failure is harmless too: it is only logged, because the sweep enqueues a task for every waiting job.
    """
    transaction.on_commit(process_next_job.delay, robust=True)


@shared_task(soft_time_limit=settings.TRANSCODE_TIME_LIMIT - 60, time_limit=settings.TRANSCODE_TIME_LIMIT)
def process_next_job() -> None:
    """Process the next job in fair order. Messages name no job, so no creator's messages delay another's jobs."""
    try:
        worker.process_next_job(on_in_review=publish_on_trust)
    except JobYielded:
        process_next_job.delay()


@shared_task
def enqueue_waiting_jobs() -> None:
    """Enqueue processing for jobs that are queued or whose lease has expired, in case their messages were lost."""
    for _ in range(scheduling.count_waiting_jobs(now=timezone.now())):
        process_next_job.delay()


@shared_task
def send_receipt_emails() -> None:
    """Send creators receipts for clips that have entered the review queue."""
    mail.send_receipt_emails(now=timezone.now())


@shared_task
def send_decision_emails() -> None:
    """Notify creators of decisions whose grace period is over."""
    mail.send_decision_emails(now=timezone.now())


@shared_task
def expire_held_slots() -> None:
    """Release slots held for clips that their creators have stopped working on."""
    deadlines.expire_held_slots(now=timezone.now())


@shared_task
def flag_drift() -> None:
    """Flag clips for a brief re-check if their products' prices have changed."""
    drift.flag_drift(now=timezone.now())


@shared_task
def sweep_uploads() -> None:
    """Finish complete uploads that no connection has finished, and delete abandoned ones."""
    tus.sweep_uploads(now=timezone.now())


@shared_task
def serve_waitlists() -> None:
    """Submit waitlisted clips when their campaign has a free slot again, and notify their creators."""
    waitlist.serve_waitlists(now=timezone.now())
    waitlist.send_slot_emails(now=timezone.now())
