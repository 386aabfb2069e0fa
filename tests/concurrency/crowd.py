"""Many people at once: the same moment, separate processes, separate connections to the real PostgreSQL."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Barrier
from typing import Any

from django.db import connection, connections

PROCESSES = 8
START_S = 60
END_S = 240


@dataclass(frozen=True)
class Happened:
    """What one call did: its result, or the name of the exception that it raised and where."""

    result: Any
    error: str
    trace: str
    took_ms: float


def at_once(jobs: Sequence[Callable[[], Any]], *, threads: int = 8, processes: int = PROCESSES) -> list[Happened]:
    """Run the jobs in forked processes with some threads each, all let go together; return what happened, in order."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    shares = [list(range(start, len(jobs), processes)) for start in range(min(processes, len(jobs)))]
    start = context.Barrier(len(shares), timeout=START_S)
    running = []
    for share in shares:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=([jobs[index] for index in share], threads, start, theirs))
        process.start()
        theirs.close()
        running.append((process, ours, share))
    happened: dict[int, Happened] = {}
    try:
        for _process, ours, share in running:
            if not ours.poll(END_S):
                raise TimeoutError(f"A process of the crowd did not answer within {END_S} s.")
            happened.update(zip(share, ours.recv(), strict=True))
    except BaseException:
        for process, *_rest in running:
            process.kill()
        raise
    finally:
        for process, *_rest in running:
            process.join()
    return [happened[index] for index in range(len(jobs))]


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _work(jobs: list[Callable[[], Any]], threads: int, start: Any, answer: Connection) -> None:
    size = min(threads, len(jobs))
    together = Barrier(size, timeout=START_S)

    def connect() -> None:
        connection.ensure_connection()
        if together.wait() == 0:
            start.wait()
        together.wait()

    with ThreadPoolExecutor(size, initializer=connect) as pool:
        # The pool starts a thread for each of its first jobs; the barriers hold them until every process is ready.
        answer.send([future.result() for future in [pool.submit(_time, job) for job in jobs]])
        list(pool.map(lambda _index: connection.close(), range(size)))
    answer.close()


def _time(job: Callable[[], Any]) -> Happened:
    started = time.perf_counter()
    try:
        result, error, trace = job(), "", ""
    except Exception as raised:  # noqa: BLE001  # whatever goes wrong in a process is told to the test
        result, error, trace = None, type(raised).__name__, traceback.format_exc()
    return Happened(result, error, trace, (time.perf_counter() - started) * 1000)
