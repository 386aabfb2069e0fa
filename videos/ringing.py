"""Ringing for the processing of a file, once the rows are committed."""

from django.db import transaction

from videos.models import Source
from videos.tasks import process_next_job


def ring_for(source: Source | None) -> None:
    """Wake a worker for what waits for this file; a bell too many does no harm.

    Nor does one too few, when the broker is away: the sweep rings again.
    """
    if source is not None:
        transaction.on_commit(process_next_job.delay, robust=True)
