"""The command `manage.py verify_stock`, which compares stock with its movements, and products with their variants."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Variant
from catalog.stock_checks import find_wrong_stock, find_wrong_sums


class Command(BaseCommand):
    help = "Print each variant whose movements do not add up to its stock, and each product whose sums differ from its variants."

    def handle(self, *args: Any, **options: Any) -> None:
        discrepancies = [*find_wrong_stock(), *find_wrong_sums()]
        for discrepancy in discrepancies:
            self.stdout.write(self.style.ERROR(discrepancy))
        if discrepancies:
            raise CommandError(f"Discrepancies: {len(discrepancies)}.")
        self.stdout.write(f"{Variant.objects.count()} variants: no discrepancies.")
