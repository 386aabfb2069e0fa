"""The command `manage.py verify_commissions`, which fails if an order line's rate is not that of its rule at the time."""

from collections.abc import Iterable

from django.db.models import F, Q

from accounts.verify_command import VerifyCommand
from shop.models import OrderLine


class Command(VerifyCommand):
    help = "Check that each order line has the rate of its commission rule, and was placed while the rule was in force."
    subject = "commission rates of order lines"

    def find_discrepancies(self) -> Iterable[str]:
        is_outside = Q(order__placed_at__lt=F("commission_rule__starts_at")) | Q(
            order__placed_at__gte=F("commission_rule__ends_at")
        )
        lines = OrderLine.objects.exclude(commission_rule=None).filter(
            is_outside | ~Q(commission_rate_bps=F("commission_rule__rate_bps"))
        )
        for line in lines.select_related("order", "commission_rule").order_by("pk").iterator():
            yield f"Order {line.order.code}, {line}: {line.commission_rate_bps} bps is not by {line.commission_rule}."
