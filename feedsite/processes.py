"""Commands for the site's processes. Start one by name, such as `python -m feedsite.processes web`.

The demo, the compose file and the tests all use these commands.
"""

import os
import resource
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from feedsite.ports import PORTS, port_of
from feedsite.translations import compile_stale
from videos.intake.policy_checks import require_sandbox

CELERY = [sys.executable, "-m", "celery", "-A", "feedsite.celery", "--quiet"]
CONNECTIONS = 2048
"""Open connections of one web worker, nearly all of which are idle. Requests wait for threads: see feedsite.serving."""

IDLE_MILLISECONDS = 15_000
"""How long a client may take for the headers of its first or next request. nginx.conf keeps connections for less."""

JSON_LOGS = ["--log-config", "feedsite/monitoring/granian_logs.json"]


def web_server(name: str) -> list[str]:
    """Return the command line of a web server: `web`, or `uploads`, which has the same pages."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--no-ws", "--http", "1"),
        *("--host", os.environ.get("WEB_HOST") or "127.0.0.1", "--port", port_of(name)),
        *("--workers", (os.environ.get("WEB_WORKERS") or "2") if name == "web" else "1"),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(IDLE_MILLISECONDS)),
        *("--respawn-failed-workers", "--respawn-interval", "1"),
        *(JSON_LOGS if os.environ.get("LOG_FORMAT") == "json" else ()),
        "feedsite.asgi:application",
    ]


COMMANDS: dict[str, list[str]] = {
    "web": web_server("web"),
    "uploads": web_server("uploads"),
    "worker": [*CELERY, "worker", "--queues", "default", "--concurrency", "2", "--hostname", "short@%h"],
    "transcoder": [*CELERY, "worker", "--queues", "transcode", "--concurrency", "1", "--hostname", "transcode@%h"],
    "beat": [*CELERY, "beat", "--pidfile", ""],
    "migrate": [sys.executable, "manage.py", "migrate", "--noinput"],
    "collectstatic": [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
}
"""Maps the name of each process to its command line.

The commands run in the project's folder, with the environment variables that the README lists.
"""

READS_UPLOADS = {"web", "uploads", "worker", "transcoder"}
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
    if name in PORTS:
        host, port = os.environ.get("WEB_HOST") or "127.0.0.1", int(port_of(name))
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.create_server((host, port), family=family):
                pass
        except OSError as error:
            raise ImproperlyConfigured(
                f"{PORTS[name].variable} {port} of {host} is not free: {error.strerror}."
            ) from error


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
    if name in PORTS:
        from feedsite.staticfiles import collect_changed_files

        collect_changed_files()
        allow_connections()
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(make_metrics_folder(name))} if name in PORTS else {}
    os.execve(command[0], command, os.environ | environment)


def allow_connections() -> None:
    """Raise this process's limit of open files to what its connections need, as far as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(2 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def make_metrics_folder(name: str) -> Path:
    """Return an empty folder in which the processes of a web server add up their metrics."""
    folder = Path(tempfile.gettempdir()) / f"feedsite-metrics-{os.getuid()}-{port_of(name)}"
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
