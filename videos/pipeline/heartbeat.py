"""The heartbeat of a claim while ffmpeg works: stored progress, a renewed lease, and retries of database writes."""

import time
from collections.abc import Callable

from django.db import OperationalError, connection
from django.utils import timezone

from videos.models import JobKind
from videos.pipeline.job_states import Claim, record_progress
from videos.pipeline.scheduling import WATCHABLE_PERCENT, should_yield

DATABASE_RESTART_S = 50.0
"""How long a write is retried while the database restarts: less than a lease, so that the claim stays valid."""


class LeaseLost(Exception):
    """A job that another worker has claimed; the output of this worker is discarded."""


class JobYielded(Exception):
    """A job that was requeued because another comes first; a new message must be enqueued for it."""


def heartbeat(claim: Claim) -> Callable[[float], None]:
    """Return a progress callback, which takes a percentage, stores it and renews the lease.

    A job that makes a clip playable yields only before the clip can be watched, so at most a quarter of the work is
    lost. The callback raises LeaseLost and JobYielded.
    """
    yields_until = 100.0 if claim.kind == JobKind.AV1 else WATCHABLE_PERCENT

    def on_progress(percent: float) -> None:
        now = timezone.now()
        try:
            is_current = record_progress(claim, percent=int(percent), now=now)
            must_yield = is_current and percent < yields_until and should_yield(claim.job_id, now=now)
        except OperationalError:  # the database is restarting; the next call, a second later, renews the lease
            connection.close()
            return
        if not is_current:
            raise LeaseLost
        if must_yield:
            raise JobYielded

    return on_progress


def retry_during_restart(write: Callable[[], bool]) -> bool:
    """Repeat a write while the database restarts, and return its result.

    Repeating is safe, because each write is fenced by the claim's token. Raises OperationalError after
    DATABASE_RESTART_S.
    """
    deadline = time.monotonic() + DATABASE_RESTART_S
    while True:
        try:
            return write()
        except OperationalError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
