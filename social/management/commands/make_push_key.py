"""The command `manage.py make_push_key`, which prints a key for WEB_PUSH_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from social.notifications.subscriptions import make_key


class Command(BaseCommand):
    help = "Print a new key for WEB_PUSH_KEY, with which the shop sends notifications to browsers. It stores nothing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(make_key())
