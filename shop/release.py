"""Release of unpaid orders: by their shopper, by staff, or because they were not paid in time.

The provider is asked first, and closes the payment page. So nobody pays for a cancelled order, and an order is not
cancelled whose payment has arrived or is on its way. Only then is it true that nothing was charged.
"""

import logging
from datetime import datetime
from enum import Enum, auto

from django.utils.translation import gettext as _

from accounts.sweeps import do_each
from shop.models import Order, Payment
from shop.orders import cancel_order
from shop.payments import PaymentRefused, look_up_payment, record_answer, settle_payment
from shop.providers import Outcome, OutcomeState, ProviderUnavailable, get_payment_provider
from shop.states import PaymentState

logger = logging.getLogger(__name__)


class Release(Enum):
    """What became of an order that was to be cancelled."""

    CANCELLED = auto()
    NOT_PENDING = auto()
    PROCESSING = auto()
    UNCONFIRMED = auto()
    PAYING = auto()


def release_order(*, order_id: int, now: datetime) -> Release:
    """Close the payment page of an unpaid order, cancel the order and release its stock.

    NOT_PENDING: it is paid, perhaps since a moment, or cancelled. PROCESSING: the bank processes its payment.
    UNCONFIRMED: the provider's answer did not fit, and a person looks into it. PAYING: another payment has just begun.
    Raises ProviderUnavailable. In none of these cases was anything cancelled.
    """
    order = Order.objects.get(pk=order_id)
    if not order.is_pending:
        return Release.NOT_PENDING
    payment = order.payments.open().select_related("order").first()
    if payment is not None:
        try:
            _close(payment, now)
        except PaymentRefused:
            return Release.UNCONFIRMED
        payment.refresh_from_db()
        if payment.state == PaymentState.PROCESSING:
            return Release.PROCESSING
    if cancel_order(order_id=order_id, now=now):
        return Release.CANCELLED
    return Release.PAYING if order.payments.open().exists() else Release.NOT_PENDING


def expire_orders(*, now: datetime) -> int:
    """Release orders that were not paid in time. Return how many were cancelled.

    An order about which the provider does not answer is tried again with the next call, and never holds up others.
    """
    return do_each(Order.objects.expired_at(now).values_list("pk", flat=True), lambda pk: _expire(pk, now))


def _expire(order_id: int, now: datetime) -> int:
    try:
        return release_order(order_id=order_id, now=now) == Release.CANCELLED
    except ProviderUnavailable as failure:
        logger.warning("an unpaid order waits for the provider: %s", failure, extra={"order": order_id})
        return 0


def explain_release(release: Release) -> str:
    """Return why an unpaid order was not cancelled, or "" if the reason is another one."""
    return {
        Release.PROCESSING: _("Your bank is processing the payment. You can cancel the order once it has arrived."),
        Release.UNCONFIRMED: _("We could not confirm this payment. We will look into it and email you."),
        Release.PAYING: _("A payment has just begun, so the order is not cancelled. Please try again in a minute."),
    }.get(release, "")


def explain_no_answer() -> str:
    return _("The payment service is not responding, so the order is not cancelled yet. Please try again in a minute.")


def _close(payment: Payment, now: datetime) -> None:
    """Settle an open payment: let nobody pay any more, and record what has happened. Raises PaymentRefused.

    If the page is unknown because an answer was lost, the provider is asked whether it opened one.
    """
    if not payment.session and look_up_payment(payment=payment, now=now) is None:
        never_opened = Outcome(OutcomeState.FAILED, failure_text="never opened")
        settle_payment(payment_id=payment.pk, outcome=never_opened, now=now)
        return
    payment.refresh_from_db()
    if payment.state == PaymentState.STARTED:
        outcome = get_payment_provider(payment.provider).close_payment(payment.session)
        record_answer(payment=payment, outcome=outcome, now=now)
