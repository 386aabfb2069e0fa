"""Many calls at the same moment, in separate processes, over separate connections to the real PostgreSQL."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import connection, connections

PROCESSES = 8
START_S = 60
END_S = 240


@dataclass(frozen=True)
class Outcome:
    """The result of one call, or the name and traceback of the exception that it raised."""

    result: Any
    error: str
    trace: str
    took_ms: float


class Meeting:
    """A point at which calls wait for each other, so that each has read before one of them writes.

    A guard that lets in one call after the other prevents the meeting: after `patience_s` the first goes on, and nobody
    waits any more. Create it before `run_at_once`.
    """

    def __init__(self, parties: int, *, patience_s: float = START_S) -> None:
        self._barrier = multiprocessing.get_context("fork").Barrier(parties, timeout=patience_s)

    def wait(self) -> None:
        with suppress(BrokenBarrierError):
            self._barrier.wait()


def run_at_once(calls: Sequence[Callable[[], Any]], *, threads: int = 8, processes: int = PROCESSES) -> list[Outcome]:
    """Run the calls at the same moment, in forked processes with threads. Return the outcomes in the order of calls."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    shares = [list(range(start, len(calls), processes)) for start in range(min(processes, len(calls)))]
    start = context.Barrier(len(shares), timeout=START_S)
    running = []
    for share in shares:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=([calls[index] for index in share], threads, start, sender))
        process.start()
        sender.close()
        running.append((process, receiver, share))
    outcomes: dict[int, Outcome] = {}
    try:
        for _process, receiver, share in running:
            if not receiver.poll(END_S):
                raise TimeoutError(f"A process did not finish within {END_S} s.")
            outcomes.update(zip(share, receiver.recv(), strict=True))
    except BaseException:
        for process, *_rest in running:
            process.kill()
        raise
    finally:
        for process, *_rest in running:
            process.join()
    return [outcomes[index] for index in range(len(calls))]


def is_somebody_blocked() -> bool:
    """Return whether a transaction waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def wait_until_somebody_is_blocked() -> None:
    wait_until(is_somebody_blocked)


def wait_until(is_true: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + START_S
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {START_S} s.")
        time.sleep(0.02)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share, 0 to 1, of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _work(calls: list[Callable[[], Any]], threads: int, start: Any, results: Connection) -> None:
    size = min(threads, len(calls))
    together = Barrier(size, timeout=START_S)

    def connect() -> None:
        connection.ensure_connection()
        if together.wait() == 0:
            start.wait()
        together.wait()

    with ThreadPoolExecutor(size, initializer=connect) as pool:
        # The pool starts a thread for each of its first calls; the barriers hold them until every process is ready.
        results.send([future.result() for future in [pool.submit(_time, call) for call in calls]])
        list(pool.map(lambda _index: connection.close(), range(size)))
    results.close()


def _time(call: Callable[[], Any]) -> Outcome:
    started = time.perf_counter()
    try:
        result, error, trace = call(), "", ""
    except Exception as raised:  # noqa: BLE001  # every failure of a process is reported to the test
        result, error, trace = None, type(raised).__name__, traceback.format_exc()
    return Outcome(result, error, trace, (time.perf_counter() - started) * 1000)
