"""The demo's processes, which are started, watched and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from demo.stop_signals import StopSignals

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("web", "worker", "transcoder", "beat")
START_TIMEOUT_SECONDS = 90
WATCH_INTERVAL_SECONDS = 0.5
CRASHES = frozenset({signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT})
"""A process that one of these ended is started again. Who sends another signal wants it to stop."""

MAX_RESTARTS = 3
"""Of each process within `RESTART_WINDOW_SECONDS`. One that crashes more often will not do any better."""

RESTART_WINDOW_SECONDS = 60


class ProcessEnded(Exception):
    """A process ended or did not start. The message says which one it was and where its log is."""


def command_of(role: str) -> list[str]:
    return [sys.executable, "-m", "feedsite.processes", role]


def run_once(role: str) -> None:
    """Run a process from `feedsite.processes` until it ends. Raises ProcessEnded if it fails."""
    status = subprocess.run(command_of(role), cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode
    if status:
        raise ProcessEnded(f"The {role} process failed ({describe_status(status)}). Its messages are above.")


def describe_status(status: int) -> str:
    """Describe a return code in words. A negative code is the number of a signal."""
    return f"exit status {status}" if status >= 0 else f"ended by {signal.Signals(-status).name}"


class ProcessGroup:
    """A context manager for processes by role, each of which logs to `<logs>/<role>.log`. Leaving it stops all of them.

    A process that was killed or crashed is started again. When a process ends otherwise, or `find_failure` returns a
    sentence, `failure` is set to the reason and the main thread is interrupted. Processes that are still running
    `stop_timeout_s` after SIGTERM are killed.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        logs: Path,
        signals: StopSignals,
        *,
        find_failure: Callable[[], str] = lambda: "",
        stop_timeout_s: float = 20,
    ) -> None:
        self.commands, self.logs, self.signals = commands, logs, signals
        self.find_failure, self.stop_timeout_s = find_failure, stop_timeout_s
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.failure = ""
        self._restarted_at: dict[str, list[float]] = {}
        self._is_stopping = threading.Event()
        self._starting = threading.Lock()

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        for role in self.commands:
            self.log_of(role).unlink(missing_ok=True)
        try:
            for role in self.commands:
                with self.signals.deferred():
                    self.processes[role] = self._start(role)
        except KeyboardInterrupt:
            self._stop()
            raise
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def log_of(self, role: str) -> Path:
        return self.logs / f"{role}.log"

    def wait_until_ready(self, role: str, url: str) -> None:
        """Wait until the process answers at `url`. Raises ProcessEnded."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=10):  # noqa: S310  # our own address
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.3)
        raise ProcessEnded(f"The {role} process does not answer at {url}. Its log: {self.log_of(role)}")

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        with self.log_of(role).open("ab") as log:
            # A separate session, so that Ctrl-C reaches only the demo, which then stops its processes in order.
            return subprocess.Popen(self.commands[role], cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def _watch(self) -> None:
        while not self._is_stopping.wait(WATCH_INTERVAL_SECONDS):
            failure = self._find_ended() or self.find_failure()
            if failure and not self._is_stopping.is_set():
                self.failure = failure
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _find_ended(self) -> str:
        for role, process in self.processes.items():
            status = process.poll()
            if status is not None and not self._restart(role, status):
                return f"The {role} process ended ({describe_status(status)}). Its log: {self.log_of(role)}"
        return ""

    def _restart(self, role: str, status: int) -> bool:
        """Start a process again that was killed or crashed, without what it left. Return False if it shall stay away."""
        now = time.monotonic()
        recent = [at for at in self._restarted_at.get(role, []) if at > now - RESTART_WINDOW_SECONDS]
        if -status not in CRASHES or len(recent) >= MAX_RESTARTS:
            return False
        with self._starting:
            if self._is_stopping.is_set():
                return True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.processes[role].pid, signal.SIGKILL)  # its children hold its port
            self.processes[role] = self._start(role)
        self._restarted_at[role] = [*recent, now]
        return True

    def _stop(self) -> None:
        self._is_stopping.set()
        self.signals.ignore()
        with self._starting:
            pass  # a process that is being started again is stopped with the others
        family = [descendant for process in self.processes.values() for descendant in _family_of(process.pid)]
        for process in self.processes.values():
            process.terminate()
        _gone, alive = psutil.wait_procs(family, timeout=self.stop_timeout_s)
        for survivor in alive:
            try:
                survivor.kill()
            except psutil.NoSuchProcess:
                continue
        for process in self.processes.values():
            process.wait()


def _family_of(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants, even those in other sessions, or nothing if the process has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
