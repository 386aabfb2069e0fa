"""The command `manage.py verify_ledger`, which checks all balances and fails if it finds a discrepancy."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payouts.models import Entry
from payouts.verification import CHECKS, find_discrepancies


class Command(BaseCommand):
    help = "Rebuild every balance from the rows, print discrepancies, and exit with 1 if there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-statements", action="store_true", help="do not compare each creator's page, CSV and API"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for discrepancy in find_discrepancies(includes_statements=not options["no_statements"]):
            count += 1
            self.stdout.write(self.style.ERROR(str(discrepancy)))
        if count:
            raise CommandError(f"Discrepancies: {count}.")
        self.stdout.write(f"{len(CHECKS)} checks over {Entry.objects.count()} entries: no discrepancies.")
