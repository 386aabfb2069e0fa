"""Commands for the site's processes. Start one by name, such as `python -m feedsite.processes web`.

The demo, the compose file and the tests all use these commands.
"""

import os
import sys

from videos.intake.policy_checks import require_sandbox

CELERY = [sys.executable, "-m", "celery", "-A", "feedsite.celery"]
WEB = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
    *("--host", os.environ.get("WEB_HOST", "127.0.0.1"), "--port", os.environ.get("WEB_PORT", "8000")),
    *("--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "8", "--backpressure", "64"),
    "feedsite.wsgi:application",
]
COMMANDS: dict[str, list[str]] = {
    "web": WEB,
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


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"Usage: python -m feedsite.processes {'|'.join(COMMANDS)}")
    command = COMMANDS[sys.argv[1]]
    if sys.argv[1] in READS_UPLOADS:
        require_sandbox()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
