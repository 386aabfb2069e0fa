"""The command `manage.py dev`, which runs the site for development and restarts it when a file is saved."""

import os
import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from feedsite.development import PortTaken, choose_port, run
from feedsite.roles import sync_roles

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OWN_SETTINGS = {"WEB_WORKERS": "1", "GRANIAN_LOG_ACCESS_ENABLED": "true"}
"""Settings for development: one web process is enough, and each request is logged in the terminal."""


class Command(BaseCommand):
    help = "Start web, workers and beat with debug pages, and restart them when a source file changes."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("This serves debug pages, so it needs DEBUG=true. Start it with: make dev")
        stop_requested = Event()
        for number in STOPPING:  # no exception: one that is raised inside a finalizer is lost
            signal.signal(number, lambda _signal, _frame: stop_requested.set())
        try:
            port = choose_port(os.environ.get("WEB_HOST", "127.0.0.1"), os.environ.get("WEB_PORT"))
            address = os.environ.get("SITE_URL", f"http://127.0.0.1:{port}")
            call_command("migrate", verbosity=0)
            sync_roles()
            self._announce(f"Starting at {address}/ with the data of make demo, if it has been run. Ctrl-C stops it.")
            variables = os.environ | OWN_SETTINGS | {"WEB_PORT": str(port), "SITE_URL": address}
            run(variables, self._announce, stop_requested)
            self._announce("Stopped. The data is kept.")
        except PortTaken as error:
            raise CommandError(str(error)) from error

    def _announce(self, sentence: str) -> None:
        self.stdout.write(self.style.SUCCESS(sentence))
        self.stdout.flush()
