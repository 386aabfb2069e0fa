"""A site of its own to break: fresh servers, one transcoder, one worker for short tasks and beat, as in production."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROLES = ("transcoder", "worker", "beat")
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Site:
    """Its folder and its running processes, each by its role and a number among those of the same role."""

    folder: Path
    processes: dict[tuple[str, int], subprocess.Popen[bytes]]

    def start(self, role: str, *, number: int = 0) -> None:
        with open(self.folder / f"{role}-{number}.log", "ab") as log:
            self.processes[role, number] = subprocess.Popen(
                [sys.executable, "-m", "feedsite.processes", role],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, role: str, *, number: int = 0) -> None:
        """End a process with its whole process group, as `kill -9` or a power cut does."""
        process = self.processes.pop((role, number))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def live_programs(self) -> int:
        """Count the processes of ffmpeg and its sandbox that work in this site's folder."""
        import psutil

        commands = (" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"]))
        return sum(f"{self.folder}/work" in command for command in commands)


@contextmanager
def fresh_site() -> Iterator[Site]:
    """Start servers in a temporary folder, make the tables, set Django up, and lend the site; nothing stays."""
    from feedsite.embedded import start_missing_servers

    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after the servers were stopped
    folder.chmod(0o755)
    os.environ |= {"DATA_DIR": str(folder), "DEMO": "true", "DJANGO_SETTINGS_MODULE": "feedsite.settings"}
    for given in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(given, None)
    start_missing_servers(folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    site = Site(folder, {})
    try:
        yield site
    finally:
        for role, number in list(site.processes):
            site.kill(role, number=number)
