"""The command `manage.py verify_ledger`, which checks all balances and fails if it finds a discrepancy."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payouts.ledger_checks import check_ledger
from payouts.models import Entry
from payouts.verification import CHECKS


class Command(BaseCommand):
    help = "Rebuild every balance from the rows, print discrepancies, and exit with 1 if there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-statements", action="store_true", help="do not compare each creator's page, CSV and API"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        discrepancies = check_ledger(includes_statements=not options["no_statements"], now=timezone.now())
        for discrepancy in discrepancies:
            self.stdout.write(self.style.ERROR(str(discrepancy)))
        if discrepancies:
            raise CommandError(f"Discrepancies: {len(discrepancies)}.")
        self.stdout.write(f"{len(CHECKS)} checks over {Entry.objects.count()} entries: no discrepancies.")
