"""The command `manage.py verify_invoices`, which fails if a series has a gap or an order lacks a document."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.invoice_checks import find_invoice_problems
from shop.models import Invoice


class Command(BaseCommand):
    help = "Check the numbers and amounts of invoices and credit notes, and exit with 1 if anything is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(find_invoice_problems())
        for problem in problems:
            self.stdout.write(self.style.ERROR(problem))
        if problems:
            raise CommandError(f"Problems: {len(problems)}.")
        self.stdout.write(f"{Invoice.objects.count()} invoices and credit notes: no problems.")
