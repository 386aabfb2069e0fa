"""Lease renewal while ffmpeg works, and retries of database writes while the database restarts."""

import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from videos.intake.disk import require_room
from videos.models import JobKind
from videos.pipeline.job_states import Claim, record_progress
from videos.pipeline.scheduling import WATCHABLE_PERCENT, should_yield

DATABASE_RESTART_S = 50.0
"""How long a write is retried while the database restarts. It is less than a lease, so the claim stays valid."""


class LeaseLost(Exception):
    """Another worker has claimed the job. This worker's output is discarded."""


class JobYielded(Exception):
    """The job goes back to the queue, because another job is more urgent. The caller enqueues a new processing task."""


def heartbeat(claim: Claim) -> Callable[[float], None]:
    """Return a callback that stores a job's progress, given in percent, and renews the lease.

    The callback raises LeaseLost if another worker has claimed the job, DiskFull once only the database's reserve is
    left on the disk, and JobYielded if another job is more urgent. A
    job that makes a clip playable yields only until the clip can be watched, so at most a quarter of the work is
    wasted.
    """
    yields_until = 100.0 if claim.kind == JobKind.AV1 else WATCHABLE_PERCENT

    def on_progress(percent: float) -> None:
        now = timezone.now()
        require_room(0)
        try:
            is_current = record_progress(claim, percent=int(percent), now=now)
            must_yield = is_current and percent < yields_until and should_yield(claim.job_id, now=now)
        except (
            OperationalError,
            InterfaceError,
        ):  # the database is restarting; the next call, a second later, renews the lease
            connection.close()
            return
        if not is_current:
            raise LeaseLost
        if must_yield:
            raise JobYielded

    return on_progress


def retry_during_restart(write: Callable[[], bool]) -> bool:
    """Call `write` and return its result. Retry it while the database restarts.

    Retrying is safe, because each write checks the claim's token. Raises OperationalError if the database is still down
    after DATABASE_RESTART_S.
    """
    deadline = time.monotonic() + DATABASE_RESTART_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
