"""Functions that pack, send, correct, deliver, lose and cancel parcels. Each runs under a lock on the order, as its refunds do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from catalog.stock_movements import lock_variants, take_stock
from shop.delivery.summary import update_summary
from shop.delivery.tracking import Tracking
from shop.delivery.units import cancel_packed_parcel, count_refunded, release_units
from shop.models import Order, OrderLine, Parcel, ParcelLine
from shop.states import PACKABLE, UNSENT_PARCELS, OrderState, ParcelState


class PackingRefused(Exception):
    """A refused step of a parcel. Nothing was changed. The message says why."""


class UnitsTaken(PackingRefused):
    """A refused step because somebody else was faster: the units are packed, refunded, or on their way."""


def pack_parcel(
    *,
    order_id: int,
    quantities: Mapping[int, int],
    created_by: User | None,
    now: datetime,
    merchant_id: int | None = None,
) -> Parcel:
    """Pack units of a paid order, given by order line id, and return the parcel. They are of one merchant and go to one place.

    Lines of others than `merchant_id`, if it is given, do not exist for the caller. Raises UnitsTaken if fewer units are left than should be packed, and PackingRefused for other reasons.
    """
    if not any(quantities.values()) or min(quantities.values()) < 0:
        raise PackingRefused(_("Choose at least one unit to pack."))
    with transaction.atomic():
        order = _lock_order(order_id)
        lines = order.lines.select_related("product").filter(pk__in=quantities).order_by("pk")
        chosen = [
            (line, quantities[line.pk])
            for line in lines
            if quantities[line.pk] and merchant_id in (None, line.merchant_id)
        ]
        if not chosen:
            raise PackingRefused(_("This order has no such line."))
        sellers = {(line.merchant_id, line.pickup_place_id) for line, _quantity in chosen}
        if len(sellers) > 1:
            raise PackingRefused(_("Each seller sends parcels of its own. Pack what one of them sells."))
        merchant_id, pickup_place_id = sellers.pop()
        for line, quantity in chosen:
            _take_units(line, quantity)
        parcel = Parcel.objects.create(
            order=order,
            merchant_id=merchant_id,
            pickup_place_id=pickup_place_id,
            created_by=created_by,
            packed_at=now,
        )
        ParcelLine.objects.bulk_create(
            ParcelLine(parcel=parcel, order_line=line, quantity=quantity) for line, quantity in chosen
        )
        Order.objects.filter(pk=order_id).update(records_parcels=True)
        update_summary(order_id=order_id, now=now)
    return parcel


def send_parcel(*, parcel_id: int, tracking: Tracking, now: datetime) -> None:
    """Record that a packed parcel was handed to its carrier. Raises UnitsTaken if it is no longer packed, PackingRefused."""
    if _is_pickup(parcel_id):
        raise PackingRefused(_("The shopper picks this parcel up. It is not sent."))
    with _unique_number(tracking):
        _move(parcel_id, ParcelState.PACKED, ParcelState.SENT, now, sent_at=now, **_columns(tracking))


def correct_tracking(*, parcel_id: int, tracking: Tracking, now: datetime) -> None:
    """Change where a sent parcel can be followed. Its shopper is emailed again. Raises what `send_parcel` raises."""
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        if parcel.state != ParcelState.SENT:
            raise _explain_moved(parcel)
        with _unique_number(tracking):
            Parcel.objects.filter(pk=parcel_id).update(last_notice="", **_columns(tracking))


def deliver_parcel(*, parcel_id: int, now: datetime) -> None:
    """Record that a parcel arrived, perhaps after it was thought lost: its return period begins.

    Raises UnitsTaken if it is not on its way, or if its units were sent again.
    """
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        if parcel.resent_at:
            raise UnitsTaken(_("The contents of this parcel were sent again."))
        old = ParcelState.LOST if parcel.state == ParcelState.LOST else ParcelState.SENT
        _move(parcel_id, old, ParcelState.DELIVERED, now, delivered_at=now)


def prepare_pickup(*, parcel_id: int, now: datetime) -> None:
    """Record that a packed parcel waits at its pickup place. Raises UnitsTaken if it is no longer packed.

    Raises PackingRefused if it is to be sent.
    """
    if not _is_pickup(parcel_id):
        raise PackingRefused(_("This order is to be sent. The shopper did not choose to pick it up."))
    _move(parcel_id, ParcelState.PACKED, ParcelState.READY, now, ready_at=now)


def hand_over_parcel(*, parcel_id: int, now: datetime) -> None:
    """Record that the shopper picked a parcel up: its return period begins. Raises UnitsTaken if it is not ready any more.

    Whoever hands it over has to have typed its code: see shop.delivery.pickup_codes.
    """
    _move(parcel_id, ParcelState.READY, ParcelState.DELIVERED, now, delivered_at=now)


def lose_parcel(*, parcel_id: int, now: datetime) -> None:
    """Record that a sent parcel was lost, even if it was thought delivered. Its units are then sent again or refunded.

    Those that were refunded before are not. Raises UnitsTaken if the parcel was not sent, or is lost already.
    """
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        old = ParcelState.DELIVERED if parcel.state == ParcelState.DELIVERED else ParcelState.SENT
        count_refunded(parcel)
        _move(parcel_id, old, ParcelState.LOST, now, lost_at=now, delivered_at=None)


def cancel_parcel(*, parcel_id: int, now: datetime) -> None:
    """Unpack a parcel that was not sent or picked up: its units can be packed again. Raises UnitsTaken if it was."""
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        if not cancel_packed_parcel(parcel, now=now):
            raise _explain_moved(parcel)
        update_summary(order_id=parcel.order_id, now=now)


def resend_lost(*, parcel_id: int, now: datetime) -> None:
    """Put the units of a lost parcel back on the packing list, and take others from stock for them.

    Raises UnitsTaken if they were refunded or sent again before, and PackingRefused if there are no others, or if the
    payment is disputed.
    """
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        _lock_order(parcel.order_id)
        count_refunded(parcel)
        lines = parcel.lines.select_related("order_line__product")
        lost = {line.order_line.variant_id: line for line in lines if line.quantity > line.refunded_quantity}
        is_lost = Parcel.objects.filter(pk=parcel_id, state=ParcelState.LOST, resent_at=None)
        if not lost or not is_lost.update(resent_at=now):
            raise UnitsTaken(_("The units of this parcel were refunded or sent again already."))
        for variant_id in lock_variants(lost):
            line = lost[variant_id]
            quantity = line.quantity - line.refunded_quantity
            if not take_stock(variant_id, quantity, order_code=parcel.order.code, now=now):
                product = {"product": line.order_line.local_name}
                raise PackingRefused(_("%(product)s is sold out. Refund it instead.") % product)
        release_units(lost.values())
        update_summary(order_id=parcel.order_id, now=now)


def _take_units(line: OrderLine, quantity: int) -> None:
    """Count units of a line as packed, by one conditional UPDATE. Raises UnitsTaken if fewer are left."""
    packable = F("quantity") - F("refunded_quantity") + F("returned_quantity") - quantity
    still_left = OrderLine.objects.filter(pk=line.pk, packed_quantity__lte=packable)
    if not still_left.update(packed_quantity=F("packed_quantity") + quantity):
        values = {"product": line.local_name, "left": line.unpacked_quantity}
        raise UnitsTaken(
            _("Only %(left)d of %(product)s are left to pack. The others were packed or refunded.") % values
        )


def _lock_order(order_id: int) -> Order:
    """Lock a paid order. Raises PackingRefused if it is not paid, or refunded, or disputed."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == OrderState.DISPUTED:
        raise PackingRefused(_("This payment is disputed. Send nothing until the bank has decided."))
    if order.state == OrderState.REFUNDED:
        raise UnitsTaken(_("Everything in this order was refunded."))
    if order.state not in PACKABLE:
        raise PackingRefused(_("This order has not been paid."))
    return order


def _lock_parcel(parcel_id: int) -> Parcel:
    """Lock a parcel's order, and return the parcel as it is then."""
    Order.objects.select_for_update(of=("self",)).get(parcels=parcel_id)
    return Parcel.objects.select_related("order").get(pk=parcel_id)


def _move(parcel_id: int, old: ParcelState, new: ParcelState, now: datetime, **values: object) -> None:
    with transaction.atomic():
        parcel = _lock_parcel(parcel_id)
        if old in UNSENT_PARCELS:
            _lock_order(parcel.order_id)
        if not Parcel.objects.move(parcel_id, old, new, **values):
            raise _explain_moved(parcel)
        update_summary(order_id=parcel.order_id, now=now)


def _is_pickup(parcel_id: int) -> bool:
    return Parcel.objects.select_related("order").get(pk=parcel_id).is_pickup


def _columns(tracking: Tracking) -> dict[str, str]:
    return {"carrier": tracking.carrier, "tracking_number": tracking.number, "tracking_url": tracking.url}


@contextmanager
def _unique_number(tracking: Tracking) -> Iterator[None]:
    """Raise PackingRefused if another parcel of the carrier has this number."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if violated_constraint(error) != "shop_parcel_number_once":
            raise
        other = {"carrier": tracking.carrier, "number": tracking.number}
        raise PackingRefused(_("%(carrier)s parcel %(number)s has been sent already.") % other) from error


def _explain_moved(parcel: Parcel) -> UnitsTaken:
    """Return an exception that says which state another writer, or a refund, moved the parcel to."""
    state = {"state": parcel.state_name}
    return UnitsTaken(_("This parcel has changed in the meantime. It is now: %(state)s.") % state)
