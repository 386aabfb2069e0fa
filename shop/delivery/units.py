"""Which units a refund takes away: they are then neither packed nor sent. Call these functions under a lock on the order."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, F, Sum, When

from shop.models import OrderLine, Parcel, ParcelLine
from shop.states import SENT_PARCELS, UNSENT_PARCELS, ParcelState


def take_refunded_units(*, line_id: int, quantity: int, is_return: bool, now: datetime) -> int:
    """Take units of an order line off the packing list for a refund. Return how many of them had been sent already.

    Those of a lost parcel come first, then unpacked ones, then those of packed parcels, which are cancelled: what else is
    in them is packed again. For goods that come back, sent ones are first.
    """
    line = OrderLine.objects.get(pk=line_id)
    if is_return:
        sent = min(quantity, count_sent(line_id) - line.returned_quantity)
        rest = quantity - sent
        return sent + (take_refunded_units(line_id=line_id, quantity=rest, is_return=False, now=now) if rest else 0)
    lost = _take_lost(line_id, quantity)
    missing = quantity - lost - line.unpacked_quantity
    if missing > 0:
        missing -= _cancel_packed(line_id, missing, now)
    return lost + max(0, missing)


def count_sent(line_id: int) -> int:
    """Return how many units of an order line have left the shop, without those that were lost and then sent again."""
    sent = ParcelLine.objects.filter(order_line=line_id, parcel__state__in=SENT_PARCELS)
    resent = Case(When(parcel__resent_at__isnull=False, then=F("quantity") - F("refunded_quantity")), default=0)
    return int(sent.aggregate(units=Sum(F("quantity") - resent))["units"] or 0)


def cancel_packed_parcel(parcel: Parcel, *, now: datetime) -> bool:
    """Cancel a parcel that is still in the shop, and put its units back on the packing list. Return False if it has left."""
    if not any(Parcel.objects.move(parcel.pk, old, ParcelState.CANCELLED, cancelled_at=now) for old in UNSENT_PARCELS):
        return False
    release_units(parcel.lines.all())
    return True


def release_units(lines: Iterable[ParcelLine]) -> None:
    """Put the units of parcel lines back on the packing list, apart from those that were refunded."""
    for line in lines:
        quantity = line.quantity - line.refunded_quantity
        OrderLine.objects.filter(pk=line.order_line_id).update(packed_quantity=F("packed_quantity") - quantity)


def count_refunded(parcel: Parcel) -> None:
    """Count units of a lost parcel as refunded if they were refunded as sent ones, and can be in no other parcel."""
    for line in parcel.lines.select_related("order_line"):
        sent = ParcelLine.objects.filter(order_line=line.order_line_id, parcel__state__in=SENT_PARCELS)
        elsewhere = Case(When(parcel__state=ParcelState.LOST, then=F("refunded_quantity")), default=F("quantity"))
        other = sent.exclude(pk=line.pk).aggregate(units=Sum(elsewhere))["units"] or 0
        refunded = min(line.quantity, line.order_line.returned_quantity - other)
        line.refunded_quantity = max(line.refunded_quantity, refunded)
        line.save(update_fields=["refunded_quantity"])


def _take_lost(line_id: int, quantity: int) -> int:
    """Count units of lost parcels as refunded, at most `quantity`. Return how many."""
    lost = ParcelLine.objects.filter(order_line=line_id, parcel__state=ParcelState.LOST, parcel__resent_at=None)
    taken = 0
    for line in lost.order_by("pk"):
        units = min(quantity - taken, line.quantity - line.refunded_quantity)
        ParcelLine.objects.filter(pk=line.pk).update(refunded_quantity=F("refunded_quantity") + units)
        taken += units
    return taken


def _cancel_packed(line_id: int, quantity: int, now: datetime) -> int:
    """Cancel packed parcels until `quantity` units of the line are unpacked. Return how many of these are."""
    unpacked = 0
    for line in ParcelLine.objects.filter(order_line=line_id, parcel__state__in=UNSENT_PARCELS).order_by("-pk"):
        if unpacked < quantity and cancel_packed_parcel(line.parcel, now=now):
            unpacked += line.quantity
    return min(unpacked, quantity)
