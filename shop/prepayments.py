"""Functions that settle and refund prepayments. `shop.prepayment_charges` charges for them.

A refund is planned under a lock on the prepayment, so that two refunds together cannot exceed what was paid.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.prices import format_money
from shop.models import Payment, Prepayment, Refund
from shop.refund_reasons import PAID_TOO_LATE
from shop.refunds import RefundRefused
from shop.states import OrderState


def settle_prepayment(*, prepayment: Prepayment, payment: Payment, now: datetime) -> None:
    """Mark a prepayment paid. If it was cancelled, plan a refund instead. The caller must have locked it."""
    if not Prepayment.objects.move(prepayment.pk, OrderState.PENDING, OrderState.PAID, paid_at=now):
        Prepayment.objects.filter(pk=prepayment.pk).update(refunded_minor=payment.amount_minor)
        _create_refund(prepayment, payment.amount_minor, None, PAID_TOO_LATE, now)


def cancel_prepayment(*, prepayment_id: int) -> bool:
    """Cancel a prepayment that nobody has paid. Return False if it was paid or cancelled first."""
    return Prepayment.objects.move(prepayment_id, OrderState.PENDING, OrderState.CANCELLED)


def plan_prepayment_refund(
    *, prepayment_id: int, amount_minor: int, created_by: User | None, now: datetime, reason: str
) -> Refund:
    """Plan a refund of a part of a prepayment, or of all that is left. Return the refund, which the caller sends.

    Raises RefundRefused, without changing anything, if less is left.
    """
    with transaction.atomic():
        prepayment = Prepayment.objects.select_for_update().get(pk=prepayment_id)
        left_minor = prepayment.left_minor
        if not 0 < amount_minor <= left_minor:
            limit = format_money(left_minor, prepayment.currency)
            raise RefundRefused(_("At most %(limit)s can be refunded.") % {"limit": limit})
        refund = _create_refund(prepayment, amount_minor, created_by, reason, now)
        is_all = amount_minor == left_minor
        Prepayment.objects.move(
            prepayment.pk,
            OrderState(prepayment.state),
            OrderState.REFUNDED if is_all else OrderState.PARTLY_REFUNDED,
            refunded_minor=prepayment.refunded_minor + amount_minor,
        )
    return refund


def _create_refund(
    prepayment: Prepayment, amount_minor: int, created_by: User | None, reason: str, now: datetime
) -> Refund:
    return Refund.objects.create(
        prepayment=prepayment,
        amount_minor=amount_minor,
        currency=prepayment.currency,
        reason=reason,
        is_restocked=False,
        created_by=created_by,
        created_at=now,
        send_after=now,
    )
