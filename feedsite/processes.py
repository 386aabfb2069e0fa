"""Commands for the site's processes. Start one by name, such as `python -m feedsite.processes web`.

The demo, the compose file and the tests all use these commands.
"""

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from feedsite.translations import compile_stale
from videos.intake.policy_checks import require_sandbox

CELERY = [sys.executable, "-m", "celery", "-A", "feedsite.celery", "--quiet"]
WEB = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
    *("--host", os.environ.get("WEB_HOST") or "127.0.0.1", "--port", os.environ.get("WEB_PORT") or "8000"),
    *("--workers", os.environ.get("WEB_WORKERS") or "2", "--blocking-threads", "8", "--backpressure", "64"),
    "feedsite.wsgi:application",
]
JSON_LOGS = ["--log-config", "feedsite/monitoring/granian_logs.json"]
COMMANDS: dict[str, list[str]] = {
    "web": WEB + (JSON_LOGS if os.environ.get("LOG_FORMAT") == "json" else []),
    "worker": [*CELERY, "worker", "--queues", "default", "--concurrency", "2", "--hostname", "short@%h"],
    "transcoder": [*CELERY, "worker", "--queues", "transcode", "--concurrency", "1", "--hostname", "transcode@%h"],
    "beat": [*CELERY, "beat", "--pidfile", ""],
    "migrate": [sys.executable, "manage.py", "migrate", "--noinput"],
    "collectstatic": [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
}
"""Maps the name of each process to its command line.

The commands run in the project's folder, with the environment variables that the README lists.
"""

READS_UPLOADS = {"web", "worker", "transcoder"}
"""Processes that read uploaded files. They refuse to start without a sandbox."""


def check_settings() -> None:
    """Run Django's system checks with the process's settings. Raises ImproperlyConfigured or EnvError."""
    import django
    from django.core.checks import ERROR, run_checks

    from feedsite.environment import Environment, at_least, describe

    Environment().int("WEB_WORKERS", 2, validate=at_least(1))
    django.setup()
    messages = run_checks()
    if errors := [message for message in messages if message.level >= ERROR and not message.is_silenced()]:
        raise ImproperlyConfigured(describe(errors))
    if messages:
        print(describe(messages), file=sys.stderr)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
    match sys.argv[1:]:
        case ["check", process]:
            check(process)
        case [name] if name in COMMANDS:
            start(name)
        case _:
            sys.exit(f"Usage: python -m feedsite.processes {'|'.join(COMMANDS)}|check PROCESS")


def check_machine(name: str) -> None:
    """Raise ImproperlyConfigured if this machine lacks what a process needs: servers, a folder, a free port."""
    from django.conf import settings

    from feedsite.environment import env

    for variable in ("DATABASE_URL", "REDIS_URL"):
        if not env.str(variable, ""):
            raise ImproperlyConfigured(
                f"{variable} is not set. Only manage.py and the demo start servers of their own."
            )
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR cannot be written: {error}. Give the folder to this user.") from error
    if name == "web":
        host, port = WEB[WEB.index("--host") + 1], int(WEB[WEB.index("--port") + 1])
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.create_server((host, port), family=family):
                pass
        except OSError as error:
            raise ImproperlyConfigured(f"WEB_PORT {port} of {host} is not free: {error.strerror}.") from error


def start(name: str) -> None:
    """Replace this process by the named one. Raises ImproperlyConfigured if it must not start."""
    command = COMMANDS[name]
    check_settings()
    check_machine(name)
    try:
        compile_stale()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The translations are not compiled, and this user cannot: {error}. "
            "Run as the owner of the files: python -m feedsite.translations compile"
        ) from error
    if name in READS_UPLOADS:
        require_sandbox()
    if name == "web":
        from feedsite.staticfiles import collect_changed_files

        collect_changed_files()
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(make_metrics_folder())} if name == "web" else {}
    os.execve(command[0], command, os.environ | environment)


def make_metrics_folder() -> Path:
    """Return an empty folder in which the web processes add up their metrics."""
    folder = Path(tempfile.gettempdir()) / f"feedsite-metrics-{os.getuid()}-{os.environ.get('WEB_PORT') or '8000'}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def check(name: str) -> None:
    """End with status 1 and a sentence if a process on this machine does not work, and with 0 if it does."""
    from feedsite.monitoring.process_check import CHECKED, find_fault

    if name not in CHECKED:
        sys.exit(f"Usage: python -m feedsite.processes check {'|'.join(CHECKED)}")
    if fault := find_fault(name):
        sys.exit(fault)


if __name__ == "__main__":
    try:
        main()
    except (EnvError, ImproperlyConfigured) as error:
        sys.exit(f"This process does not start:\n{error}")
