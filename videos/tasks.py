"""Celery's doors to the rules of clips: ids only, idempotent, bounded."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from videos import processing, transcoding


@shared_task(soft_time_limit=settings.TRANSCODE_TIME_LIMIT - 60, time_limit=settings.TRANSCODE_TIME_LIMIT)
def process_job(job_id: int) -> None:
    """Work on one job; does nothing when another worker has it or it is finished."""
    processing.process_job(job_id=job_id)


@shared_task
def ring_waiting_jobs() -> None:
    """Ring for every job that waits or has gone silent, whatever became of the first bell."""
    for job_id in transcoding.waiting_job_ids(now=timezone.now()):
        process_job.delay(job_id)
