"""Parcels that nobody picked up in time: their units are cancelled, restocked and refunded."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from shop.delivery.units import cancel_packed_parcel
from shop.models import Order, Parcel
from shop.refund_reasons import NOT_PICKED_UP
from shop.refunds import RefundRefused, plan_refund

logger = logging.getLogger(__name__)


def cancel_uncollected(*, now: datetime) -> int:
    """Cancel the parcels that were ready for more than PICKUP_DAYS, and return how many. Another task sends the refunds.

    A parcel that can't be refunded keeps no other back.
    """
    waiting = Parcel.objects.uncollected_since(_limit(now)).values_list("pk", "order_id")
    return sum(_cancel(parcel_id, order_id, now) for parcel_id, order_id in list(waiting))


def _cancel(parcel_id: int, order_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            Order.objects.select_for_update().get(pk=order_id)
            parcel = Parcel.objects.uncollected_since(_limit(now)).filter(pk=parcel_id).first()
            if parcel is None or not cancel_packed_parcel(parcel, now=now):
                return False  # it was handed over in this moment
            quantities = {line.order_line_id: line.quantity for line in parcel.lines.all()}
            plan_refund(order_id=order_id, quantities=quantities, created_by=None, now=now, reason=NOT_PICKED_UP)
    except RefundRefused:
        logger.exception("a parcel that nobody picked up was not refunded", extra={"parcel": parcel_id})
        return False
    logger.info("a parcel was not picked up in time", extra={"parcel": parcel_id})
    return True


def _limit(now: datetime) -> datetime:
    return now - timedelta(days=settings.PICKUP_DAYS)
