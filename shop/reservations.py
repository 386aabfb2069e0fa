"""Limits on what unpaid orders reserve, so that nobody empties the shelves without paying.

A client is a signed-in user or, for guests, the network that they come from: everything else about a guest is free to
invent. A client's first unpaid order may take all that is left of a variant. Further ones, and those of a client who
let several lapse, leave half of it to others.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.models import Variant
from shop.models import Order, OrderLine, Payment
from shop.shopper import Shopper
from shop.states import OrderState, PaymentState

MINUTES_BEFORE_PAYMENT = 5
"""How long an order reserves stock before its payment has started."""
REMEMBERED = timedelta(days=1)
"""How long lapsed orders count, and how long an order keeps the network that it came from."""
LAPSES_FORGIVEN = 2
MOST_UNPAID = 3
"""How many unpaid orders of one variant a single shopper may have."""


def find_reservation_problem(*, shopper: Shopper, quantities: Mapping[Variant, int], now: datetime) -> str:
    """Return why the shopper may not reserve these quantities, which were just taken from the stock, or "" if they may.

    The rows of the variants must be locked, so that the client's other requests wait. The variants are as they are after
    the taking.
    """
    is_processing = Exists(Payment.objects.filter(order=OuterRef("order"), state=PaymentState.PROCESSING))
    is_unpaid = Q(~is_processing, order__state=OrderState.PENDING)
    is_lapsed = Q(order__state=OrderState.CANCELLED, order__cancelled_at__gt=F("order__reserved_until"))
    of_shopper, of_client = _of_shopper(shopper), _of_client(shopper)
    lines = OrderLine.objects.filter(
        of_client | of_shopper, variant__in=quantities, order__placed_at__gt=now - REMEMBERED
    )
    counts = lines.values("variant").annotate(
        own=Count("order", filter=of_shopper & is_unpaid, distinct=True),
        held=Coalesce(Sum("quantity", filter=of_client & is_unpaid), 0),
        lapsed=Count("order", filter=of_client & is_lapsed, distinct=True),
    )
    by_variant = {count["variant"]: count for count in counts}
    for variant, quantity in quantities.items():
        count = by_variant.get(variant.pk, {"own": 0, "held": 0, "lapsed": 0})
        taken = count["held"] + quantity
        is_first = not count["held"] and count["lapsed"] <= LAPSES_FORGIVEN
        leaves_half = 2 * taken <= variant.stock + taken
        if count["own"] >= MOST_UNPAID or not (is_first or leaves_half):
            if not count["held"]:
                return _explain_lapsed(variant, is_user=shopper.user is not None)
            return _explain_own(variant) if shopper.user or count["own"] else _explain_network(variant)
    return ""


def forget_networks(*, now: datetime) -> int:
    """Forget the networks of orders that no limit counts any more. Return of how many orders."""
    return Order.objects.filter(placed_at__lt=now - REMEMBERED).exclude(network="").update(network="")


def _of_shopper(shopper: Shopper) -> Q:
    return Q(order__user=shopper.user) if shopper.user else Q(order__user=None, order__visitor=shopper.visitor)


def _of_client(shopper: Shopper) -> Q:
    """Return the orders of the account or, for guests, of all guests of the network, as far as it is known."""
    if shopper.user or not shopper.network:
        return _of_shopper(shopper)
    return Q(order__user=None, order__network=shopper.network)


def _explain_own(variant: Variant) -> str:
    return _(
        "You already have unpaid orders for %(product)s. Pay for one or cancel it, or try again in a few minutes."
    ) % {"product": variant.full_name}


def _explain_network(variant: Variant) -> str:
    return _(
        "There are already several unpaid orders for %(product)s from your network. Sign in to order, or try again in a "
        "few minutes."
    ) % {"product": variant.full_name}


def _explain_lapsed(variant: Variant, *, is_user: bool) -> str:
    values = {"product": variant.full_name}
    if is_user:
        return _("Your last orders for %(product)s were not paid in time. Order fewer, or try again tomorrow.") % values
    return (
        _(
            "Several orders for %(product)s from your network were not paid in time. Sign in to order, order fewer, or "
            "try again tomorrow."
        )
        % values
    )
