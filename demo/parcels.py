"""Demo parcels: of the demo shopper's first orders, one was delivered, one is under way, and one is packed."""

from datetime import datetime

from accounts.models import User
from catalog.models import HOUSE_ID
from shop.delivery.parcels import deliver_parcel, pack_parcel, send_parcel
from shop.delivery.tracking import Tracking
from shop.models import Order, Parcel

TRACKINGS = (Tracking("Parcel Post", "PP000000000017"), Tracking("Parcel Post", "PP000000000024"))


def send_parcels(user: User, *, now: datetime) -> None:
    """Pack the user's first orders, unless a parcel of theirs was packed before. The last order is left to pack."""
    if Parcel.objects.filter(order__user=user).exists():
        return
    for order, tracking in zip(Order.objects.filter(user=user).to_pack()[:3], (*TRACKINGS, None), strict=False):
        quantities = {line.pk: line.unpacked_quantity for line in order.lines.filter(merchant=HOUSE_ID)}
        parcel = pack_parcel(order_id=order.pk, quantities=quantities, created_by=None, now=now)
        if tracking is not None:
            send_parcel(parcel_id=parcel.pk, tracking=tracking, now=now)
        if tracking is TRACKINGS[0]:
            deliver_parcel(parcel_id=parcel.pk, now=now)
