"""The site's real processes for tests: started as in production, on the database of the tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class LiveProcess:
    """A running process of the site, and what it has written so far."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def wait_for(self, condition: Callable[[], object], *, seconds: float = 90) -> None:
        """Wait until the condition holds. Raises AssertionError, with the end of the log, if it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            ended = self.process.poll()
            assert ended is None, f"ended with {ended}: " + "\n".join(self.lines[-40:])
            assert time.monotonic() < deadline, "\n".join(self.lines[-40:])
            time.sleep(0.2)


def tests_database_url() -> str:
    """Return the address of the database that the tests use."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def live_process(role: str, log: Path, **variables: str) -> Iterator[LiveProcess]:
    """Run `python -m feedsite.processes <role>` on the tests' database until the block is left."""
    environment = os.environ | {"DATABASE_URL": tests_database_url(), "DEMO": "true"} | variables
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "feedsite.processes", role], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            yield LiveProcess(process, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_check(role: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the health check of compose for a process."""
    command = [sys.executable, "-m", "feedsite.processes", "check", role]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)
