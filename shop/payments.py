"""Functions that charge for orders and record the outcome.

A payment is saved before the provider is called, so a call that failed can be repeated with the same key. The outcome
of a payment is recorded only once.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.keys import parse_key
from catalog.closed_shop import explain_closed_shop, takes_orders
from shop.models import Order, OrderLine, Payment, ProviderEvent, UnpaidReason
from shop.providers import Charge, Outcome, OutcomeState, get_payment_provider
from shop.providers.stripe_checkout import PaymentEvent
from shop.refund_dispatch import settle_refund_by_key
from shop.refunds import plan_late_refund
from shop.states import OrderState, PaymentState


class PaymentRefused(Exception):
    """A payment that failed or was not possible. The message tells the shopper why."""


def pay_order(*, order: Order, now: datetime) -> Outcome:
    """Charge for the order through the payment provider, record the outcome and return it.

    Calling this twice charges once, because the payment's id is the idempotency key. Raises PaymentRefused,
    ProviderUnavailable.
    """
    payment = _get_open_payment(order.pk, now)
    if payment.state == PaymentState.SUCCEEDED:
        return Outcome(OutcomeState.SUCCEEDED, payment.reference)
    outcome = get_payment_provider(payment.provider).charge(
        Charge(
            key=payment.key,
            order_code=order.code,
            email=order.email,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            return_url=settings.SITE_URL + reverse("order", args=[order.code]),
        )
    )
    settle_payment(payment_id=payment.pk, outcome=outcome, now=now)
    if outcome.state == OutcomeState.FAILED:
        raise PaymentRefused(outcome.failure_text or _("The payment failed."))
    return outcome


def settle_payment(*, payment_id: int, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome of a payment. Return False if nothing changed, for example because it was already settled.

    If the payment succeeded, mark the order paid. If the order was cancelled in the meantime, plan a refund instead.
    """
    payment = Payment.objects.get(pk=payment_id)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        if outcome.state == OutcomeState.WAITING:
            return bool(outcome.reference) and _move(payment, PaymentState.STARTED, outcome, None)
        new = PaymentState.SUCCEEDED if outcome.state == OutcomeState.SUCCEEDED else PaymentState.FAILED
        if not _move(payment, new, outcome, now):
            return False
        if new == PaymentState.SUCCEEDED:
            _settle_order(order, payment, outcome, now)
    return True


def handle_payment_event(*, provider: str, event: PaymentEvent, now: datetime) -> bool:
    """Record the outcome of the payment or refund that the event is about. Return False if nothing changed.

    Webhooks may arrive late, repeatedly and in any order. Therefore each event is handled only once, and a payment that
    is settled does not change again.
    """
    with transaction.atomic():
        _row, is_new = ProviderEvent.objects.get_or_create(
            provider=provider, event_id=event.event_id, defaults={"kind": event.kind, "received_at": now}
        )
        if not is_new or event.outcome is None:
            return False
        if event.key.startswith("refund-"):
            return settle_refund_by_key(key=event.key, outcome=event.outcome, now=now)
        payment_id = parse_key(event.key.removeprefix("payment-"))
        payment = Payment.objects.filter(pk=payment_id, provider=provider).first()
        return payment is not None and settle_payment(payment_id=payment.pk, outcome=event.outcome, now=now)


def _get_open_payment(order_id: int, now: datetime) -> Payment:
    """Return the order's payment, unless it failed. If there is no such payment, create and return a new one.

    Raises PaymentRefused if a new payment is needed but the order is not waiting for payment.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        payment = order.payments.exclude(state=PaymentState.FAILED).first()
        if payment is not None:
            return payment
        if not order.is_pending:
            raise PaymentRefused(_("This order is no longer waiting for payment."))
        if not takes_orders():
            raise PaymentRefused(explain_closed_shop())
        return Payment.objects.create(
            order=order,
            provider=get_payment_provider().name,
            amount_minor=order.total_minor,
            currency=order.currency,
            started_at=now,
        )


def _move(payment: Payment, new: PaymentState, outcome: Outcome, now: datetime | None) -> bool:
    """Move a payment from STARTED to the state `new`. Return False if it is already settled."""
    started = Payment.objects.filter(pk=payment.pk, state=PaymentState.STARTED)
    return (
        started.update(
            state=new,
            reference=outcome.reference or payment.reference,
            failure_text=outcome.failure_text,
            fingerprint=outcome.fingerprint,
            settled_at=now,
        )
        == 1
    )


def _settle_order(order: Order, payment: Payment, outcome: Outcome, now: datetime) -> None:
    """Mark the order paid and start its return period. If the order was cancelled, plan a refund instead."""
    if not Order.objects.move(order.pk, OrderState.PENDING, OrderState.PAID, paid_at=now):
        plan_late_refund(order=order, amount_minor=payment.amount_minor, now=now)
        return
    lines = OrderLine.objects.filter(order=order)
    lines.update(payable_at=now + timedelta(days=settings.RETURN_DAYS))
    _refuse_self_purchases(lines.filter(creator__isnull=False, unpaid_reason=""), outcome.fingerprint)


def _refuse_self_purchases(lines: QuerySet[OrderLine], fingerprint: str) -> None:
    """Cancel the commission on each line whose creator has used the same card for an order.

    `fingerprint` identifies the card. Do nothing if it is empty.
    """
    if not fingerprint:
        return
    for line in lines.select_related("creator"):
        assert line.creator is not None
        own_payments = Payment.objects.filter(order__user=line.creator.user_id, fingerprint=fingerprint)
        if own_payments.exists():
            OrderLine.objects.filter(pk=line.pk).update(
                unpaid_reason=UnpaidReason.SELF_PURCHASE, commission_minor=0, agency_minor=0
            )
