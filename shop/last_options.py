"""Sizes, colours and other options that somebody bought last, so that two taps are enough for the next product."""

from django.db.models import F

from accounts.models import User
from shop.buyers import BOUGHT
from shop.models import OrderLine

LINES = 40
"""How many of the newest order lines count."""


def list_last_options(user: object) -> dict[str, list[str]]:
    """Return the values that a user bought by the option's name in lower case, each once, the newest first.

    There are several: the size of shoes is no size of shirts. What was refunded does not count, and visitors have none.
    """
    if not isinstance(user, User):
        return {}
    lines = OrderLine.objects.filter(
        order__user=user, order__state__in=BOUGHT, order__sample_order=None, refunded_quantity__lt=F("quantity")
    )
    options: dict[str, list[str]] = {}
    for line in lines.select_related("variant__product").order_by("-pk")[:LINES]:
        for name, value in zip(line.variant.product.option_names, line.variant.option_values, strict=False):
            values = options.setdefault(name.strip().lower(), [])
            if value not in values:
                values.append(value)
    return options
