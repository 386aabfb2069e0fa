"""Refunds that were not sent from here: made in the provider's dashboard, or by a lost dispute."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from shop.models import Payment, Prepayment, Refund
from shop.models.provider_event import SetAsideReason
from shop.payment_match import SetAside, check_currency, match_payment
from shop.prepayments import plan_prepayment_refund
from shop.providers.port import RefundNews
from shop.purchases import Purchase, lock_purchase, move_purchase
from shop.refund_dispatch import STATES, settle_refund
from shop.refunds import RefundRefused, plan_amount_refund, plan_refund
from shop.states import OrderState, PaymentState, RefundState

logger = logging.getLogger(__name__)

UNSENT = (RefundState.FAILED, RefundState.PLANNED)
AT_PROVIDER = (RefundState.SENDING, RefundState.PENDING, RefundState.DONE)


def record_refund_news(*, provider: str, news: RefundNews, now: datetime) -> bool:
    """Record a refund, whoever made it. Return False if nothing changed. Raises SetAside."""
    with transaction.atomic():
        payment = match_payment(provider=provider, particulars=news.particulars, reference=news.payment_reference)
        amount_minor = check_currency(payment, news.particulars)
        purchase = lock_purchase(payment)
        refund = purchase.refunds.filter(reference=news.outcome.reference).first()
        if refund is not None:
            return settle_refund(refund_id=refund.pk, outcome=news.outcome, now=now)
        refund = _find_by_key(payment, news.particulars.key)
        if refund is not None:
            if refund.amount_minor != amount_minor:
                raise SetAside(SetAsideReason.OTHER_AMOUNT)
            is_current = refund.key == news.particulars.key
            return is_current and settle_refund(refund_id=refund.pk, outcome=news.outcome, now=now)
        state = STATES[news.outcome.state]
        if state == RefundState.FAILED:
            return False
        book_outside_refund(
            payment=payment, amount_minor=amount_minor, reference=news.outcome.reference, state=state, now=now
        )
    return True


def _find_by_key(payment: Payment, key: str) -> Refund | None:
    """Return our refund with this key, which may be that of an earlier attempt, or None.

    A refund that was sent from here is unknown if the shop was restored from a backup that is older than it.
    """
    refunds = payment.purchase.refunds.all() if key else ()
    return next((refund for refund in refunds if key == refund.key or key in refund.earlier_keys), None)


def refunded_at_provider(payment: Payment) -> int:
    """Return how much of the payment the provider has refunded or is refunding, as far as we know, in minor units."""
    disputes = payment.disputes.values("reference")
    elsewhere = Q(state=RefundState.DONE, reference="") | Q(reference__in=disputes)
    refunds = payment.purchase.refunds.filter(state__in=AT_PROVIDER).exclude(elsewhere)
    return int(refunds.aggregate(total=Sum("amount_minor"))["total"] or 0)


def book_outside_refund(
    *, payment: Payment, amount_minor: int, reference: str, state: RefundState, now: datetime, reason: str = ""
) -> None:
    """Book money that went back to the shopper without us: order and commissions follow. Call it under a lock.

    If it is all that was left, the whole order is refunded and its commissions are reversed; otherwise the shopper
    keeps the goods. A refund of ours that failed, or is still to be sent, for the same amount counts as this one: staff
    made it there instead. Raises SetAside, without changing anything, if less is left.
    """
    if payment.state != PaymentState.SUCCEEDED:
        raise SetAside(SetAsideReason.UNKNOWN_PAYMENT)
    values = {"reference": reference, "settled_at": None if state == RefundState.PENDING else now, "send_after": now}
    purchase = lock_purchase(payment)
    left_minor = purchase.total_minor - purchase.refunded_minor
    unsent = purchase.refunds.filter(state__in=UNSENT, amount_minor=amount_minor).order_by("-state", "pk")
    same = unsent.filter(state=RefundState.FAILED).first() or (unsent.first() if amount_minor > left_minor else None)
    if same is not None:
        Refund.objects.move(same.pk, RefundState(same.state), state, **values)
        return
    if amount_minor > left_minor or not amount_minor:
        raise SetAside(SetAsideReason.TOO_MUCH)
    try:
        refund = _plan(purchase, amount_minor, reason, now)
    except RefundRefused as refusal:
        raise SetAside(SetAsideReason.TOO_MUCH) from refusal
    if refund.amount_minor != amount_minor:
        raise SetAside(SetAsideReason.OTHER_AMOUNT)
    Refund.objects.filter(pk=refund.pk).update(is_made_at_provider=True, state=state, **values)
    keep_disputed(purchase)
    fields = {"order": purchase.code, "refund": refund.pk, "reference": reference}
    logger.warning("a refund was made at the provider", extra=fields)


def _plan(purchase: Purchase, amount_minor: int, reason: str, now: datetime) -> Refund:
    """Plan a refund of goods if nothing is left of an order, and otherwise of an amount alone. Raises RefundRefused."""
    if isinstance(purchase, Prepayment):
        return plan_prepayment_refund(
            prepayment_id=purchase.pk, amount_minor=amount_minor, created_by=None, now=now, reason=reason
        )
    if amount_minor == purchase.total_minor - purchase.refunded_minor:
        return plan_refund(order_id=purchase.pk, created_by=None, now=now, reason=reason, is_restocked=False)
    return plan_amount_refund(order_id=purchase.pk, amount_minor=amount_minor, created_by=None, now=now, reason=reason)


def keep_disputed(purchase: Purchase) -> None:
    """Move an order or prepayment to the state that its refunds and disputes call for. Call it under a lock."""
    purchase.refresh_from_db()
    is_refundable = purchase.state in (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)
    if not is_refundable:
        return
    new = OrderState.PARTLY_REFUNDED if purchase.refunded_minor else OrderState.PAID
    if purchase.payments.filter(disputes__state="open").exists():
        new = OrderState.DISPUTED
    if new != purchase.state:
        move_purchase(purchase, new)
