"""The demo's processes: started together, and all of them stopped, whatever happens."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("web", "worker", "transcoder", "beat")
PATIENCE_SECONDS = 20


class DidNotStart(Exception):
    """A process ended or never answered; the message says where its words are."""


def run_once(role: str) -> None:
    """Run one process of `feedsite.processes` to its end."""
    subprocess.run(_command(role), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def processes(logs: Path, address: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run web, workers and beat, each writing to `<logs>/<role>.log`, until the block is left. Raises DidNotStart."""
    logs.mkdir(parents=True, exist_ok=True)
    running = {role: _start(role, logs / f"{role}.log") for role in ROLES}
    try:
        _wait_for(address, running["web"], logs / "web.log")
        yield running
    finally:
        _stop(list(running.values()))


def _command(role: str) -> list[str]:
    return [sys.executable, "-m", "feedsite.processes", role]


def _start(role: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as words:
        # A session of its own, so that Ctrl-C reaches only the demo, which then stops its processes in order.
        return subprocess.Popen(_command(role), cwd=ROOT, stdout=words, stderr=words, start_new_session=True)


def _wait_for(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz/", timeout=10):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise DidNotStart(f"The web process does not answer at {address}. It said (in {log}):\n{log.read_text()[-2000:]}")


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
