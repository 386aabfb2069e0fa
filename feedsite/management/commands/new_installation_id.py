"""The command `manage.py new_installation_id`, for a copy of a shop that is used for trials."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.installation import renew_installation_id
from payouts.models import Payout, PayoutState
from shop.models import Payment, Refund
from shop.models.refund import UNSETTLED
from shop.providers.stripe_checkout import LIVE_KEYS
from shop.states import PaymentState


class Command(BaseCommand):
    help = "Give a copy of a shop an id of its own, so that a payment provider tells the two apart."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.STRIPE_SECRET_KEY.startswith(LIVE_KEYS) and (count := _count_open()):
            raise CommandError(
                f"This shop moves real money: its STRIPE_SECRET_KEY is a live one, and {count} payments, refunds or "
                "payouts are on their way. Their answers must find this id. In a copy, use a test key."
            )
        self.stdout.write(f"The installation id is now {renew_installation_id()}.")


def _count_open() -> int:
    """Return how many payments, refunds and payouts wait for an answer."""
    return (
        Payment.objects.filter(state=PaymentState.STARTED).count()
        + Refund.objects.filter(state__in=UNSETTLED).count()
        + Payout.objects.filter(state__in=(PayoutState.SENDING, PayoutState.UNKNOWN)).count()
    )
