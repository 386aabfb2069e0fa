"""What a merchant sees of an order: what it sells, its parcels, and where they go for as long as it needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from catalog.models import PickupPlace
from shop.address_rules import is_phone_required
from shop.delivery.summary import ARRIVING, is_waiting
from shop.models import Order, OrderLine, Parcel
from shop.models.order import OrderQuerySet

ADDRESS_SHOWN_FOR = timedelta(days=60)
"""How long after delivery a merchant can still read where a parcel went."""


@dataclass(frozen=True)
class MerchantOrder:
    """A paid order, as the merchant sees it. Its total, other lines and the shopper's email address are none of its business.

    The address, and the phone number where carriers need one, are empty once nobody needs them.
    """

    pk: int
    code: str
    placed_at: datetime
    shipping_name: str
    is_pickup: bool
    pickup_place: PickupPlace | None
    promised_from: date | None
    promised_by: date | None
    is_packable: bool
    lines: Sequence[OrderLine]
    parcels: Sequence[Parcel]
    address: Sequence[str]
    phone: str

    @property
    def unpacked(self) -> list[OrderLine]:
        """Return the lines with units to pack now."""
        return [line for line in self.lines if self.is_packable and line.unpacked_quantity]


def with_merchants_lines(orders: OrderQuerySet, merchant_id: int) -> OrderQuerySet:
    """Prefetch what `describe` needs, under names of its own, so that nothing is described with the lines of others."""
    lines = OrderLine.objects.filter(merchant=merchant_id).select_related("product", "pickup_place").order_by("pk")
    parcels = Parcel.objects.filter(merchant=merchant_id).select_related("order").with_lines().order_by("pk")
    return orders.prefetch_related(
        Prefetch("lines", lines, to_attr="own_lines"), Prefetch("parcels", parcels, to_attr="own_parcels")
    )


def describe(order: Any, *, now: datetime) -> MerchantOrder:
    """Return the order as the merchant sees it whose lines and parcels were prefetched by `with_merchants_lines`."""
    lines, parcels = order.own_lines, order.own_parcels
    shows_address = needs_address(order, lines, parcels, now=now)
    pickup_place = next((line.pickup_place for line in lines if line.pickup_place), None)
    is_pickup = order.is_pickup or pickup_place is not None
    needs_phone = shows_address and not is_pickup and is_phone_required(order.country_code)
    lines_of_address = [order.name] if is_pickup else order.label_lines
    return MerchantOrder(
        pk=order.pk,
        code=order.code,
        placed_at=order.placed_at,
        shipping_name="" if pickup_place else order.shipping_name,
        is_pickup=is_pickup,
        pickup_place=pickup_place,
        promised_from=order.promised_from,
        promised_by=order.promised_by,
        is_packable=order.is_packable,
        lines=lines,
        parcels=parcels,
        address=lines_of_address if shows_address else [],
        phone=order.phone if needs_phone else "",
    )


def needs_address(order: Order, lines: Sequence[OrderLine], parcels: Sequence[Parcel], *, now: datetime) -> bool:
    """Return whether a merchant has something to send, or a parcel that was delivered not long ago."""
    if order.is_packable and order.records_parcels and is_waiting(lines, parcels):
        return True
    ends = [parcel.assumed_delivered_at for parcel in parcels if parcel.state in ARRIVING]
    if not order.records_parcels:
        ends.append(order.paid_at)
    return any(at is not None and now < at + ADDRESS_SHOWN_FOR for at in ends)
