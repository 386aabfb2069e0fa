"""Signs of life of beat and of the workers, kept in Valkey: the newest of each kind of process, and of each machine's.

Workers write theirs from the main process, which goes on while a long encode occupies the worker.
"""

import socket
import time

from django.core.cache import caches

PROCESS_OF_QUEUE = {"default": "worker", "transcode": "transcoder"}
"""The process that consumes each Celery queue."""

BEATING = ("beat", *PROCESS_OF_QUEUE.values())
INTERVAL_SECONDS = 5
SILENT_SECONDS = 60
"""A process that has given no sign of life for longer counts as dead. A deployment's restart takes less."""
_LIFETIME_SECONDS = 7 * 24 * 3600


def record_heartbeat(process: str, *, at: float | None = None, host: str = "") -> None:
    """Record that a process on this machine (or `host`) is alive. `at` is in Unix seconds, now by default.

    Raises redis.exceptions.RedisError if Valkey is down.
    """
    moment = time.time() if at is None else at
    caches["heartbeats"].set_many(
        {_key(process): moment, _key(process, host or socket.gethostname()): moment}, _LIFETIME_SECONDS
    )


def heartbeat_age(process: str, *, host: str = "") -> float | None:
    """Return the seconds since the last sign of life of a kind of process, on any machine or on one.

    None if there was none in the last week. Raises redis.exceptions.RedisError if Valkey is down.
    """
    at = caches["heartbeats"].get(_key(process, host))
    return None if at is None else max(0.0, time.time() - at)


def is_alive(process: str, *, host: str = "") -> bool:
    """Return False if a process has been silent for a minute. Raises redis.exceptions.RedisError."""
    age = heartbeat_age(process, host=host)
    return age is not None and age <= SILENT_SECONDS


def _key(process: str, host: str = "") -> str:
    return f"heartbeat:{process}:{host}"
