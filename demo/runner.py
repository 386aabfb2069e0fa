"""The whole demo: the site's processes, and the loader that fills the shop while they run."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import psycopg
import redis
from django.conf import settings

from demo.accounts import PASSWORD
from demo.datasets import ACCOUNTS, CREATORS
from demo.loader import count_steps, load_demo
from demo.process_group import ROLES, ProcessEnded, ProcessGroup, command_of, run_once
from demo.progress import Progress
from demo.stop_signals import StopSignals
from feedsite.roles import sync_roles

PROBE_INTERVAL_SECONDS = 5
FAILED_PROBES = 3
"""After this many failed probes in a row, a server counts as gone."""


def run_demo(signals: StopSignals, out: TextIO) -> None:
    """Run the demo until a signal stops it. Raises ProcessEnded if one of its processes ends first."""
    _print(out, "Setting up the database and the static files …")
    logs = Path(settings.DATA_DIR) / "logs"
    group = ProcessGroup({role: command_of(role) for role in ROLES}, logs, signals, find_failure=_Supervisor().find)
    try:
        run_once("migrate")
        run_once("collectstatic")
        sync_roles()
        with group:
            group.wait_until_ready("web", f"{settings.SITE_URL}/readyz/web/")
            progress = Progress(out, steps=count_steps())
            load_demo(progress, lambda: _announce(out, logs))
            progress.finish()
            _print(out, f"\nThe demo shop is complete: {settings.SITE_URL}/  Press Ctrl-C to stop it.")
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        if group.failure:
            raise ProcessEnded(group.failure) from None
        _print(out, "\nStopped. The data is kept. Start the shop again with: make demo")


def _announce(out: TextIO, logs: Path) -> None:
    lines = [f"\n\nThe feed is ready at {settings.SITE_URL}/", "", f"Every account has the password {PASSWORD}", ""]
    lines += [f"  {account.role:10} {account.email:26} {account.description}" for account in ACCOUNTS]
    lines += [f"  {'creator':10} {CREATORS[0].email:26} uploads clips and sees earnings at /studio/", ""]
    lines += [f"Logs and emails: {logs}", ""]
    _print(out, "\n".join(lines))


def _print(out: TextIO, text: str) -> None:
    """Print a line, unless the terminal is closed."""
    with contextlib.suppress(OSError):
        out.write(f"{text}\n")
        out.flush()


class _Supervisor:
    """Checks what the demo needs besides its own processes: `make`, PostgreSQL and Valkey."""

    def __init__(self) -> None:
        self.parent = os.getppid() if "MAKELEVEL" in os.environ else None
        self.probes: dict[str, Callable[[], None]] = {"PostgreSQL": _probe_database, "Valkey": _probe_broker}
        self.failed = dict.fromkeys(self.probes, 0)
        self.probed_at = time.monotonic()

    def find(self) -> str:
        """Return a sentence that says which of these has gone, or "" if none has."""
        if self.parent not in (None, os.getppid()):
            return "The make process that started the demo ended."
        if time.monotonic() - self.probed_at < PROBE_INTERVAL_SECONDS:
            return ""
        self.probed_at = time.monotonic()
        for server, probe in self.probes.items():
            try:
                probe()
            except (psycopg.OperationalError, redis.ConnectionError, redis.TimeoutError):
                self.failed[server] += 1
            else:
                self.failed[server] = 0
            if self.failed[server] >= FAILED_PROBES:
                return f"{server} no longer answers."
        return ""


def _probe_database() -> None:
    psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10).close()


def _probe_broker() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=10) as client:
        client.ping()
