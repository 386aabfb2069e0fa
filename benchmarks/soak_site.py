"""A separate site to break: new servers, a transcoder, a worker for short tasks, and beat, as in production."""

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
    """The site's folder, and its running processes by role and number."""

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
        """Kill a process and its process group, as `kill -9` or a power cut does."""
        process = self.processes.pop((role, number))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def live_programs(self) -> int:
        """Count the processes of ffmpeg and of its sandbox that use this site's folder."""
        import psutil

        commands = (" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
        return sum(f"{self.folder}/work" in command for command in commands)


@contextmanager
def fresh_site() -> Iterator[Site]:
    """Start servers in a temporary folder, set up Django and the tables, and yield the site. Nothing is left behind."""
    from feedsite.embedded import start_missing_servers

    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after the servers are stopped
    folder.chmod(0o755)
    os.environ |= {"DATA_DIR": str(folder), "DEMO": "true", "DJANGO_SETTINGS_MODULE": "feedsite.settings"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
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
