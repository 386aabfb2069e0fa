"""Which creators were signed in with the browser of an order: evidence that an order comes from its creator."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from creators.models import Representation
from shop.models import BrowserAccount, OrderLine

BROWSERS_KEPT_FOR = timedelta(days=180)
"""How long it is kept which creators were signed in with the browser of an order. The longest return period is shorter."""


def record_browser_accounts(*, order_ids: Collection[int], user_ids: Collection[int], now: datetime) -> None:
    """Record which of these users would earn from the orders, and were signed in with the same browser."""
    if not order_ids or not user_ids:
        return
    pairs: set[tuple[int, int]] = set()
    for line in OrderLine.objects.filter(order__in=order_ids, creator__isnull=False).select_related("creator", "order"):
        pairs |= {(line.order_id, user_id) for user_id in find_earners(line) & set(user_ids)}
    BrowserAccount.objects.bulk_create(
        [BrowserAccount(order_id=order_id, user_id=user_id, recorded_at=now) for order_id, user_id in sorted(pairs)],
        ignore_conflicts=True,
    )


def forget_browser_accounts(*, now: datetime) -> int:
    """Delete what is known about the browsers of old orders. Return how many rows were deleted."""
    return BrowserAccount.objects.filter(recorded_at__lt=now - BROWSERS_KEPT_FOR).delete()[0]


def find_earners(line: OrderLine) -> set[int]:
    """Return the users who would earn from a line: its creator, and the agencies that represented them then or later."""
    assert line.creator is not None
    order = line.order
    agencies = Representation.objects.filter(creator=line.creator_id, starts_at__isnull=False).filter(
        Q(ends_at=None) | Q(ends_at__gt=order.placed_at)
    )
    users = agencies.exclude(agency__user=None).values_list("agency__user", flat=True)
    return {line.creator.user_id, *(user_id for user_id in users if user_id is not None)}
