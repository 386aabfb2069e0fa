"""Whether the shop takes orders. Without a payment provider nothing is for sale here; links to other shops stay."""

from django.conf import settings
from django.utils.translation import gettext as _


def takes_orders() -> bool:
    return bool(settings.PAYMENT_PROVIDER != "none")


def explain_closed_shop() -> str:
    """Return the sentence for shoppers who try to buy while the shop takes no orders."""
    return _("This shop isn't taking orders at the moment.")
