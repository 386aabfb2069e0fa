"""The command `manage.py sync_roles`, which updates the staff's permission groups from feedsite/roles.py."""

from typing import Any

from django.core.management.base import BaseCommand

from feedsite.roles import sync_roles


class Command(BaseCommand):
    help = "Give the staff's roles the permissions of this version. `migrate` does it too. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in sync_roles().items():
            self.stdout.write(f"{name}: {count} permissions")
