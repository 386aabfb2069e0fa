"""Bells for work that waits in rows: ten lines each, ids only, safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from videos.transcoding import claim_job


@shared_task
def process_job(job_id: int) -> None:
    claim_job(job_id=job_id, now=timezone.now())
