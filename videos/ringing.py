"""Ringing for the processing of a file, once the rows are committed."""

from functools import partial

from django.db import transaction

from videos.models import Source
from videos.tasks import process_job


def ring_for(source: Source | None) -> None:
    """Wake a worker for what waits for this file; a bell too many does no harm.

    Nor does one too few, when the broker is away: the sweep rings again.
    """
    if source is not None:
        for job_id in source.jobs.values_list("pk", flat=True):
            transaction.on_commit(partial(process_job.delay, job_id), robust=True)
