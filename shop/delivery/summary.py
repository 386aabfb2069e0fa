"""What an order knows of its parcels: since when it waits to be packed, and when its return period ends.

Merchants send apart from each other: each has a return period of its own. The packing list of the house has the orders
that wait for the house.

Call these functions under a lock on the order, after whatever packs, sends, delivers or refunds units.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from catalog.models import HOUSE_ID
from shop.models import Order, OrderLine, Parcel
from shop.states import UNSENT_PARCELS, ParcelState

ARRIVING = (ParcelState.SENT, ParcelState.DELIVERED)


def begin_delivery(*, order: Order, now: datetime) -> None:
    """Put an order that was just paid on the packing list, or start its return period if its parcels are not recorded."""
    records_parcels = settings.RECORD_PARCELS
    days = settings.UNSENT_PAYABLE_DAYS if records_parcels else settings.RETURN_DAYS
    is_due = records_parcels and order.lines.filter(merchant=HOUSE_ID).exists()
    packing_due_at = now if is_due else None
    Order.objects.filter(pk=order.pk).update(records_parcels=records_parcels, packing_due_at=packing_due_at)
    OrderLine.objects.filter(order=order).update(payable_at=now + timedelta(days=days))


def update_summary(*, order_id: int, now: datetime) -> None:
    """Bring the packing list and the dates of unbooked lines up to date. Orders without recorded parcels stay as they are."""
    order = Order.objects.get(pk=order_id)
    if not order.records_parcels or order.paid_at is None:
        return
    lines, parcels = list(order.lines.all()), list(order.parcels.prefetch_related("lines"))
    is_due = any(line.unpacked_quantity for line in lines if line.merchant_id == HOUSE_ID)
    Order.objects.filter(pk=order_id).update(packing_due_at=(order.packing_due_at or now) if is_due else None)
    for own_lines, own_parcels in group_by_merchant(lines, parcels):
        payable_at = find_period_end(own_parcels, is_waiting=is_waiting(own_lines, own_parcels))
        if payable_at is None:
            unsent_payable_at = order.paid_at + timedelta(days=settings.UNSENT_PAYABLE_DAYS)
            payable_at = max([unsent_payable_at, *_period_ends(own_parcels)])
        unbooked = order.lines.filter(commission_booked_at=None, sale_booked_at=None)
        unbooked.filter(pk__in=[line.pk for line in own_lines]).update(payable_at=payable_at)


def group_by_merchant(
    lines: Iterable[OrderLine], parcels: Iterable[Parcel]
) -> list[tuple[list[OrderLine], list[Parcel]]]:
    """Return the lines and the parcels of each merchant in an order, in the order of their first lines."""
    groups: dict[int | None, tuple[list[OrderLine], list[Parcel]]] = {}
    for line in lines:
        groups.setdefault(line.merchant_id, ([], []))[0].append(line)
    for parcel in parcels:
        groups.setdefault(parcel.merchant_id, ([], []))[1].append(parcel)
    return list(groups.values())


def is_waiting(lines: Sequence[OrderLine], parcels: Sequence[Parcel]) -> bool:
    """Return whether units are still to be sent: unpacked ones, those in a parcel in the shop, and lost ones not refunded."""
    unsent = [parcel for parcel in parcels if parcel.state in UNSENT_PARCELS or is_undecided(parcel)]
    return bool(unsent) or any(line.unpacked_quantity for line in lines)


def is_undecided(parcel: Parcel) -> bool:
    """Return whether units of a lost parcel were neither refunded nor sent again. Prefetch its lines."""
    is_lost = parcel.state == ParcelState.LOST and parcel.resent_at is None
    return is_lost and any(line.quantity > line.refunded_quantity for line in parcel.lines.all())


def find_period_end(parcels: Sequence[Parcel], *, is_waiting: bool) -> datetime | None:
    """Return when the return period ends, or None while units are still to be sent.

    Each parcel has a period of its own; the last one holds for all that its merchant sells in the order, as the right of
    withdrawal in the EU does.
    """
    return None if is_waiting else max(_period_ends(parcels), default=None)


def _period_ends(parcels: Sequence[Parcel]) -> list[datetime]:
    arrivals = [parcel.assumed_delivered_at for parcel in parcels if parcel.state in ARRIVING]
    return [at + timedelta(days=settings.RETURN_DAYS) for at in arrivals if at is not None]


def has_packed_units(order_id: int) -> bool:
    """Return whether any unit of the order is in a parcel, so that the shopper can no longer change the order."""
    return OrderLine.objects.filter(order=order_id, packed_quantity__gt=F("returned_quantity")).exists()
