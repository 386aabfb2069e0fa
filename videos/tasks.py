"""Celery tasks for clips. They take no arguments, and it is safe to run one twice."""

from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.sweeps import do_each
from videos.intake import storage, tus_sweep
from videos.pipeline import scheduling, worker
from videos.pipeline.heartbeat import JobYielded
from videos.review import deadlines, drift, duplicates, mail, post_links
from videos.review.trust import publish_on_trust
from videos.studio import erasure, waitlist


def enqueue_processing() -> None:
    """Enqueue the processing task after the transaction commits. Enqueuing it twice is harmless.

    If the broker is down, the error is only logged, because `enqueue_waiting_jobs` enqueues the task again later.
    """
    transaction.on_commit(process_next_job.delay, robust=True)


@shared_task(soft_time_limit=settings.TRANSCODE_TIME_LIMIT - 60, time_limit=settings.TRANSCODE_TIME_LIMIT)
def process_next_job() -> None:
    """Process the next waiting job.

    The message does not name one: the worker chooses in fair order, so that no creator's backlog delays the others.
    """
    try:
        worker.process_next_job(on_in_review=publish_on_trust)
        duplicates.compare_new_sources(now=timezone.now())
    except JobYielded:
        process_next_job.delay()


@shared_task
def enqueue_waiting_jobs() -> None:
    """Enqueue a processing task for each waiting job, in case its message was lost.

    A job is waiting if it is queued or its worker's lease has expired.
    """
    for _ in range(scheduling.count_waiting_jobs(now=timezone.now())):
        process_next_job.delay()


@shared_task
def send_receipt_emails() -> None:
    """Email a receipt to the creator of each newly submitted clip."""
    mail.send_receipt_emails(now=timezone.now())


@shared_task
def send_failure_emails() -> None:
    """Email creators whose files could not be processed."""
    mail.send_failure_emails(now=timezone.now())


@shared_task
def send_decision_emails() -> None:
    """Email each decision to the clip's creator once its grace period is over."""
    mail.send_decision_emails(now=timezone.now())


@shared_task
def expire_held_slots() -> None:
    """Release the slots of clips whose creators have taken too long to resubmit."""
    deadlines.expire_held_slots(now=timezone.now())


@shared_task
def flag_drift() -> None:
    """Flag published clips for a re-check if the price or name of a tagged product has changed."""
    drift.flag_drift(now=timezone.now())


@shared_task
def sweep_uploads() -> None:
    """Finish uploads whose bytes have all arrived, and clean up after expired uploads."""
    tus_sweep.sweep_uploads(now=timezone.now())


@shared_task
def abort_transfers() -> None:
    """Delete what is left in the object store of transfers that were never completed."""
    storage.abort_transfers(now=timezone.now())


@shared_task
def serve_waitlists() -> None:
    """Submit waitlisted clips whose campaigns have free slots, and email their creators."""
    do_each((waitlist.serve_waitlists, waitlist.send_slot_emails), lambda step: step(now=timezone.now()))


@shared_task
def erase_files() -> None:
    """Delete the files of creators whose accounts were deleted, and those that no clip uses."""
    steps: list[Callable[[], int]] = [
        erasure.erase_files,
        erasure.erase_photos,
        partial(erasure.erase_unused_files, now=timezone.now()),
    ]
    do_each(steps, lambda step: step())


@shared_task
def read_links() -> None:
    """Store the hashtags and people of captions that were published before they were read."""
    post_links.read_unread_links(now=timezone.now())
