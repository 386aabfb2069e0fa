"""`manage.py sync_roles`: make the groups of the desk and give each its permissions."""

from typing import Any

from django.core.management.base import BaseCommand

from feedsite.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = "Make the groups " + ", ".join(ROLES) + ", each with exactly its permissions."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write(f"{len(ROLES)} roles are in place.")
