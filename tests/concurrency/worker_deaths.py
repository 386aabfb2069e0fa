"""Worker processes that are killed, as by `kill -9`, at a named point."""

import functools
import importlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
from django.db import connections


@dataclass(frozen=True)
class Point:
    """A point to die at: before, after or (for a run of ffmpeg) during the nth call of the function `where`."""

    name: str
    where: str
    moment: str
    nth: int = 1


def die() -> None:
    """End this process and its process group, as a power cut would."""
    os.killpg(os.getpid(), signal.SIGKILL)


def run_in_worker(work: Callable[[], object], *, dying_at: Point | None = None) -> int:
    """Run `work` in a new process and return its exit code: 0, or the negated number of the signal that killed it."""

    def run() -> None:
        os.setsid()
        with ExitStack() as stack:
            if dying_at:
                stack.enter_context(death_at(dying_at))
            work()

    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return process.exitcode or 0


@contextmanager
def death_at(point: Point) -> Iterator[None]:
    """Kill this process when it reaches the point within the block."""
    path, _, name = point.where.rpartition(".")
    real = getattr(_owner(path), name)
    calls = 0

    @functools.wraps(real)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != point.nth:
            return real(*args, **kwargs)
        if point.moment == "before":
            die()
        if point.moment == "during":
            return real(*args, **kwargs | {"on_share": lambda share: die()})
        result = real(*args, **kwargs)
        die()
        return result

    with patch(point.where, deadly):
        yield


def programs_of(folder: Path) -> list[psutil.Process]:
    """Return the running processes whose command line contains the path of a folder."""
    processes = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = " ".join(process.info["cmdline"] or [])
        if str(folder) in command and process.info["status"] != psutil.STATUS_ZOMBIE:
            processes.append(process)
    return processes


def are_gone_within(folder: Path, *, seconds: float) -> bool:
    """Wait until no process has the folder in its command line. Return False after the timeout."""
    deadline = time.monotonic() + seconds
    while programs_of(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _owner(path: str) -> Any:
    """Return the module or class at a dotted path."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(_owner(module), name)
