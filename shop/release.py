"""Release of unpaid orders: by their shopper, by staff, or because they were not paid in time.

The provider is asked first, and closes the payment page. So nobody pays for a cancelled order, and an order is not
cancelled whose payment has arrived or is on its way. Only then is it true that nothing was charged.

A provider that does not answer for a day may never do so: the shop's key may be of another account now. Then staff look
into the provider's dashboard, and may cancel the order without its answer.
"""

import logging
from datetime import datetime, timedelta
from enum import Enum, auto

from django.utils.translation import gettext as _

from accounts.sweeps import do_each
from shop.bag_refill import refill_after_expiry
from shop.models import Order, Payment, ProviderEvent
from shop.models.payment import GIVEN_UP
from shop.models.provider_event import ProviderEventState, SetAsideReason
from shop.orders import cancel_order
from shop.payments import PaymentRefused, look_up_payment, reach_provider, record_answer, settle_payment
from shop.providers import Outcome, OutcomeState, ProviderUnavailable
from shop.states import PaymentState

logger = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)
"""How long after an order has expired its payment waits for the provider's answer, before a person is asked."""


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
    """Release orders that were not paid in time, and put their items back in the bags. Return how many were cancelled.

    An order about which the provider does not answer is tried again with the next call, and never holds up others.
    """
    return do_each(Order.objects.expired_at(now).values_list("pk", flat=True), lambda pk: _expire(pk, now))


def _expire(order_id: int, now: datetime) -> int:
    try:
        is_cancelled = release_order(order_id=order_id, now=now) == Release.CANCELLED
    except ProviderUnavailable as failure:
        logger.warning("an unpaid order waits for the provider: %s", failure, extra={"order": order_id})
        _set_unanswered_aside(order_id, now)
        return 0
    if is_cancelled:
        refill_after_expiry(order=Order.objects.select_related("user").get(pk=order_id))
    return is_cancelled


def release_by_staff(*, order_id: int, now: datetime) -> Release:
    """Cancel an unpaid order as `release_order` does, or without the provider's answer if it has been missing for long.

    Raises ProviderUnavailable if it has not been missing for long.
    """
    payment = find_unanswered(order_id, now)
    try:
        release = release_order(order_id=order_id, now=now)
    except ProviderUnavailable:
        if payment is None:
            raise
        release = Release.UNCONFIRMED
    if release != Release.UNCONFIRMED or payment is None:
        return release
    logger.warning("a payment is given up by staff", extra={"order": order_id, "payment": payment.pk})
    settle_payment(payment_id=payment.pk, outcome=Outcome(OutcomeState.FAILED, failure_text=GIVEN_UP), now=now)
    return Release.CANCELLED if cancel_order(order_id=order_id, now=now) else Release.PAYING


def find_unanswered(order_id: int, now: datetime) -> Payment | None:
    """Return the payment of an order that expired long ago, if the provider has not told what became of it."""
    payments = Payment.objects.open().filter(order=order_id, order__reserved_until__lt=now - PATIENCE)
    return payments.select_related("order").first()


def is_answer_missing(order_id: int, now: datetime) -> bool:
    """Return whether the provider has been asked in vain what became of the order's payment."""
    payment = find_unanswered(order_id, now)
    if payment is None:
        return False
    is_aside = ProviderEvent.objects.filter(provider=payment.provider, event_id=_name_of(payment)).exists()
    return is_aside or payment.state != PaymentState.PROCESSING


def _name_of(payment: Payment) -> str:
    return f"no answer {payment.key}"


def _set_unanswered_aside(order_id: int, now: datetime) -> None:
    """Store once, for a person to look at, that the provider does not tell what became of an order's payment."""
    payment = find_unanswered(order_id, now)
    if payment is None:
        return
    values = {
        "kind": "no answer",
        "received_at": now,
        "state": ProviderEventState.SET_ASIDE,
        "reason": SetAsideReason.UNANSWERED,
        "reference": payment.reference or payment.session,
        "payload": {"payment": payment.key, "order": payment.order.code, "account": payment.account},
    }
    name = _name_of(payment)
    _event, is_new = ProviderEvent.objects.get_or_create(provider=payment.provider, event_id=name, defaults=values)
    if is_new:
        logger.error("the provider does not tell of a payment", extra={"payment": payment.pk})


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
    if payment.state == PaymentState.PROCESSING:
        _ask_about_slow_payment(payment, now)
    if payment.state == PaymentState.STARTED:
        outcome = reach_provider(payment).close_payment(payment.session)
        record_answer(payment=payment, outcome=outcome, now=now)


def _ask_about_slow_payment(payment: Payment, now: datetime) -> None:
    """Make sure that the provider will tell what becomes of a payment that the bank processes.

    Raises ProviderUnavailable if today's key is of another account, or if the payment is not known there any more.
    """
    if find_unanswered(payment.order.pk, now) is None:
        reach_provider(payment)
    elif look_up_payment(payment=payment, now=now) is None:
        raise ProviderUnavailable(f"{payment} is not known any more.")
