"""What the shopper of an order has in hand, and until when it can be returned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.delivery.summary import ARRIVING, find_period_end, group_by_merchant, is_waiting
from shop.models import Order, OrderLine
from shop.states import ParcelState


@dataclass(frozen=True)
class Arrivals:
    """By order line id: how many units the shopper has, and when the return period ends; None while it is open."""

    in_hand: Mapping[int, int]
    ends_at: Mapping[int, datetime | None]


def find_arrivals(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> Arrivals:
    """Return what arrived of a paid order. Where parcels are not recorded, all of it counts as arrived."""
    if not order.records_parcels:
        in_hand = {line.pk: line.refundable_quantity for line in lines}
        return Arrivals(in_hand, {line.pk: line.payable_at for line in lines})
    parcels = list(order.parcels.prefetch_related("lines"))
    arrived, refunded_lost = Counter[int](), Counter[int]()
    for parcel in parcels:
        arrived_at = parcel.assumed_delivered_at if parcel.state in ARRIVING else None
        for part in parcel.lines.all():
            if arrived_at is not None and arrived_at <= now:
                arrived[part.order_line_id] += part.quantity
            if parcel.state == ParcelState.LOST:
                refunded_lost[part.order_line_id] += part.refunded_quantity
    ends_at = {
        line.pk: find_period_end(own_parcels, is_waiting=is_waiting(own_lines, own_parcels))
        for own_lines, own_parcels in group_by_merchant(lines, parcels)
        for line in own_lines
    }
    in_hand = {line.pk: max(0, arrived[line.pk] - line.returned_quantity + refunded_lost[line.pk]) for line in lines}
    return Arrivals(in_hand, ends_at)
