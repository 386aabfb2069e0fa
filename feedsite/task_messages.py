"""Messages for workers. While Valkey is away, none is tried: rows are the queue, and the sweeps send messages again."""

import time
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

PAUSE_SECONDS = 15.0
"""How long a process sends no message after one that failed, so that not every request waits for the timeout."""


class BrokerAway(OperationalError):
    """A message was not sent, because an earlier one has just failed."""


class PausingTask(Task[Any, Any]):
    """A task that is not sent while Valkey is known to be away. Callers use `on_commit(…, robust=True)`, which logs it."""

    abstract = True
    paused_until = 0.0  # on the monotonic clock, for all threads and tasks of the process

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < PausingTask.paused_until:
            raise BrokerAway("Valkey did not answer a moment ago.")
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError:
            PausingTask.paused_until = time.monotonic() + PAUSE_SECONDS
            raise
