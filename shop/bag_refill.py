"""The way back into a bag, for the items of an order that was cancelled."""

from collections.abc import Collection

from django.db import transaction

from shop.bags import count_free_lines, lock_bag
from shop.models import BagLine, Order, OrderLine
from shop.shopper import Shopper
from shop.states import OrderState


def refill_bag(*, order: Order, shopper: Shopper, left_out: Collection[int] = ()) -> bool:
    """Put the items of an order into the shopper's bag, apart from variants that are in it or `left_out`, by id.

    What is sold out by now is in the bag too, where it says so. Return False if the bag is full and not all of them fit.
    """
    with transaction.atomic():
        bag = lock_bag(shopper)
        present = {*left_out, *bag.lines.values_list("variant_id", flat=True)}
        free = count_free_lines(bag)
        lines = [line for line in order.lines.order_by("pk") if line.variant_id not in present]
        BagLine.objects.bulk_create(
            BagLine(
                bag=bag,
                product_id=line.product_id,
                variant_id=line.variant_id,
                clip_id=line.clip_id,
                quantity=line.quantity,
            )
            for line in lines[:free]
        )
    return len(lines) <= free


def refill_after_expiry(*, order: Order) -> None:
    """Put the items of an order that was not paid in time back, apart from variants that its shopper ordered since."""
    if order.user is None and not order.visitor:
        return  # the account was deleted
    shopper = Shopper(user=order.user, visitor="" if order.user else order.visitor)
    later = Order.objects.visible_to(shopper).filter(placed_at__gt=order.placed_at).exclude(state=OrderState.CANCELLED)
    ordered_since = OrderLine.objects.filter(order__in=later).values_list("variant_id", flat=True)
    refill_bag(order=order, shopper=shopper, left_out=set(ordered_since))
