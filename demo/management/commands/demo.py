"""`manage.py demo`: a whole shop with clips, creators and orders on this machine, until Ctrl-C."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.accounts import ACCOUNTS, PASSWORD
from demo.loader import count_steps, fill_demo
from demo.people import CREATORS
from demo.process_group import DidNotStart, processes, run_once
from feedsite.roles import sync_roles

BAR_WIDTH = 28
CREATOR_EMAIL = f"{CREATORS[0].handle}@demo.example"


class Command(BaseCommand):
    help = "Start web, workers and beat with a demo shop, and stop all of them on Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This makes accounts with a known password. Start it with: make demo")
        signal.signal(signal.SIGTERM, _interrupt)
        address = settings.SITE_URL
        if _is_taken(int(os.environ.get("WEB_PORT", "8000"))):
            raise CommandError(
                "The port is taken. Choose another: WEB_PORT=8001 SITE_URL=http://127.0.0.1:8001 make demo"
            )
        self.started_at, self.done, self.steps = time.monotonic(), 0, count_steps()
        self.stdout.write("Setting up the database and the static files …")
        try:
            run_once("migrate")
            run_once("collectstatic")
            sync_roles()
            with processes(Path(settings.DATA_DIR) / "logs", address) as running:
                fill_demo(self._tick, lambda: self._announce(address))
                self._draw(self.steps, "")
                self.stdout.write(self.style.SUCCESS(f"\nThe shop is whole. {address}  Ctrl-C stops it.\n"))
                self.stdout.flush()
                self._wait(running)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. The data is kept; make demo starts it again.")
        except DidNotStart as failure:
            raise CommandError(str(failure)) from failure

    def _tick(self, words: str) -> None:
        self.done = min(self.done + 1, self.steps)
        self._draw(self.done, words)

    def _draw(self, done: int, words: str) -> None:
        filled = BAR_WIDTH * done // self.steps
        seconds = int(time.monotonic() - self.started_at)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        self.stdout.write(f"\r{bar} {100 * done // self.steps:3} %  {seconds:3} s  {words:42.42}", ending="")
        self.stdout.flush()

    def _announce(self, address: str) -> None:
        lines = [f"\n\nThe feed plays at {address}/", "", f"Every account has the password {PASSWORD}", ""]
        lines += [f"  {account.role:10} {account.email:26} {account.what}" for account in ACCOUNTS]
        lines += [f"  {'creator':10} {CREATOR_EMAIL:26} films and is paid, at /studio/", ""]
        lines += [f"E-mails and words of the processes: {Path(settings.DATA_DIR) / 'logs'}", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _wait(self, running: dict[str, subprocess.Popen[bytes]]) -> None:
        while True:
            for role, process in running.items():
                if process.poll() is not None:
                    raise CommandError(f"The {role} process has ended; see logs/{role}.log in {settings.DATA_DIR}.")
            time.sleep(1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
