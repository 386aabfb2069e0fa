"""The command `manage.py issue_invoices`, for orders that were paid before the shop issued invoices."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.invoices import issue_missing
from shop.models import Order
from shop.states import SETTLED


class Command(BaseCommand):
    help = "Issue invoices, and credit notes for their refunds, to paid orders that have none. Dates are of today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, required=True, help="the day of the first payment, such as 2026-01-01"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        orders = Order.objects.filter(state__in=SETTLED, invoices=None, paid_at__date__gte=options["since"])
        ids = list(orders.order_by("paid_at", "pk").values_list("pk", flat=True))
        issued = sum(issue_missing(order_id=order_id, now=timezone.now()) for order_id in ids)
        self.stdout.write(f"{issued} invoices and credit notes for {len(ids)} orders.")
