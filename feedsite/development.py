"""The development site. It runs web, workers and beat with debug pages, and restarts them when a file changes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event

from django.apps import apps
from django.conf import settings

ROLES = ("web", "worker", "transcoder", "beat")
WATCHED_SUFFIXES = {".py", ".html", ".txt", ".json", ".toml", ".csv", ".mo"}
"""Changes to files with these suffixes restart the site. CSS and JavaScript only need the page to be reloaded."""
SECONDS_TO_STOP = 5
FIRST_PORT = 8000

type Snapshot = Mapping[Path, int]
type Processes = dict[str, subprocess.Popen[bytes]]


class PortTaken(Exception):
    """A refusal to start on a port that another process already uses. The message says what to do."""


def watched_folders() -> list[Path]:
    """Return the folders of the project's own apps, and its templates folder."""
    folders = [Path(config.path) for config in apps.get_app_configs()]
    return [folder for folder in folders if folder.parent == settings.BASE_DIR] + [settings.BASE_DIR / "templates"]


def take_snapshot(folders: Iterable[Path]) -> dict[Path, int]:
    """Return a mapping from each watched file to its modification time in nanoseconds."""
    snapshot = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in WATCHED_SUFFIXES and "static" not in path.parts:
                try:
                    snapshot[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor replaced it just now
                    continue
    return snapshot


def changed_files(before: Snapshot, after: Snapshot) -> list[Path]:
    """Return the files that were changed, added or removed between two snapshots."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def choose_port(host: str, requested: str | None) -> int:
    """Return the requested port or, if none was requested, the first free port from 8000 up.

    Raises PortTaken if the requested port is not free.
    """
    if requested is None:
        return next(port for port in range(FIRST_PORT, 65536) if is_free(host, port))
    if not is_free(host, int(requested)):
        raise PortTaken(f"Port {requested} is taken. Choose another, such as WEB_PORT={int(requested) + 1}.")
    return int(requested)


def is_free(host: str, port: int) -> bool:
    """Return whether the port is free. False if another process uses it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def start(environment: Mapping[str, str]) -> Processes:
    """Start the web, worker and beat processes. Return them by role. They print their output in this terminal."""
    # In separate sessions, so that Ctrl-C reaches only this command, which then stops them in order.
    return {
        role: subprocess.Popen(
            [sys.executable, "-m", "feedsite.processes", role],
            cwd=settings.BASE_DIR,
            env=environment,
            start_new_session=True,
        )
        for role in ROLES
    }


def stop(processes: Processes) -> None:
    """Stop all processes. After five seconds, kill those still running, together with their child processes."""
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run(
    environment: Mapping[str, str], announce: Callable[[str], None], stop_requested: Event, *, interval_s: float = 0.5
) -> None:
    """Run the site until `stop_requested` is set, and restart it when a watched file changes.

    If a process ends by itself, for example because of a syntax error, `announce` is called with a message. The process
    is started again after the next change to a file.
    """
    folders = watched_folders()
    snapshot, processes = take_snapshot(folders), start(environment)
    ended: set[str] = set()
    try:
        while not stop_requested.is_set():
            time.sleep(interval_s)
            for role, process in processes.items():
                if process.poll() is not None and role not in ended:
                    ended.add(role)
                    announce(f"The {role} process has ended; it starts again when a file changes.")
            latest = take_snapshot(folders)
            if changed := changed_files(snapshot, latest):
                announce(f"{changed[0].relative_to(settings.BASE_DIR)} has changed; restarting.")
                stop(processes)
                snapshot, processes, ended = latest, start(environment), set()
    finally:
        stop(processes)
