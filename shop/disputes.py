"""Disputes: what the bank decides about a payment, and what follows for the order and its commissions, or for the prepayment."""

import logging
from datetime import datetime

from django.db import transaction

from shop.models import Dispute, Payment, Refund
from shop.models.dispute import DISPUTE_MOVES, DisputeState
from shop.models.provider_event import SetAsideReason
from shop.models.refund import RefundNotice
from shop.outside_refunds import book_outside_refund, keep_disputed
from shop.payment_match import SetAside, check_currency, match_payment
from shop.providers.port import DisputeNews
from shop.purchases import lock_purchase
from shop.refund_reasons import DISPUTE_LOST
from shop.states import PaymentState, RefundState

logger = logging.getLogger(__name__)

CLOSED = (DisputeState.INQUIRY_CLOSED, DisputeState.WON, DisputeState.LOST)


def record_dispute_news(*, provider: str, news: DisputeNews, now: datetime) -> bool:
    """Record a dispute, which may be new, or decided before we heard of it. Return False if nothing changed.

    While it is open, the order is disputed. A lost dispute refunds it, a won one makes it paid again. Raises SetAside.
    """
    with transaction.atomic():
        payment = match_payment(provider=provider, particulars=news.particulars, reference=news.payment_reference)
        amount_minor = check_currency(payment, news.particulars)
        purchase = lock_purchase(payment)
        payment.refresh_from_db(fields=["state"])
        if payment.state != PaymentState.SUCCEEDED:
            raise SetAside(SetAsideReason.UNKNOWN_PAYMENT)
        new = DisputeState(news.stage)
        dispute, is_new = Dispute.objects.get_or_create(
            payment=payment,
            reference=news.reference,
            defaults={
                "state": new,
                "amount_minor": amount_minor,
                "currency": payment.currency,
                "opened_at": now,
                "closed_at": now if new in CLOSED else None,
            },
        )
        is_moved = is_new or _move(dispute, new, now)
        is_updated = _update_facts(dispute, news, amount_minor)
        if is_moved and new == DisputeState.LOST:
            dispute.refresh_from_db()
            _book_loss(dispute, payment, now)
        keep_disputed(purchase)
    if is_moved:
        logger.warning("dispute %s", news.stage, extra={"order": purchase.code, "dispute": news.reference})
    return is_moved or is_updated


def _move(dispute: Dispute, new: DisputeState, now: datetime) -> bool:
    """Move a dispute. Return False if it was there before, or if the news is older. Raises SetAside if it was decided."""
    old = DisputeState(dispute.state)
    if new in DISPUTE_MOVES[old]:
        return Dispute.objects.move(dispute.pk, old, new, closed_at=now if new in CLOSED else None)
    if old != new and {old, new} == {DisputeState.WON, DisputeState.LOST}:
        raise SetAside(SetAsideReason.DECIDED_AGAIN)
    return False


def _update_facts(dispute: Dispute, news: DisputeNews, amount_minor: int) -> bool:
    """Store what the news adds: the amount, the cause, the day until which to answer, and the fee."""
    facts = {
        "amount_minor": amount_minor,
        "cause": news.cause[:60],
        "answer_by": news.answer_by,
        "fee_minor": news.fee_minor,
        "fee_currency": news.fee_currency,
    }
    changed = {name: value for name, value in facts.items() if value and value != getattr(dispute, name)}
    return bool(changed) and Dispute.objects.filter(pk=dispute.pk).update(**changed) == 1


def _book_loss(dispute: Dispute, payment: Payment, now: datetime) -> None:
    """Book what the bank gave back to the cardholder. It cannot be more than what was not refunded before.

    If it is more, refunds of ours that the provider refused because of the dispute are done by it.
    """
    purchase = lock_purchase(payment)
    refunds = purchase.refunds.all()
    left_minor = purchase.total_minor - purchase.refunded_minor
    excess_minor = dispute.amount_minor - left_minor
    for refund in refunds.filter(state__in=(RefundState.FAILED, RefundState.PLANNED)).order_by("pk"):
        if refund.amount_minor <= excess_minor:
            excess_minor -= refund.amount_minor
            old = RefundState(refund.state)
            Refund.objects.move(refund.pk, old, RefundState.DONE, settled_at=now, last_notice=RefundNotice.REFUNDED)
    amount_minor = min(dispute.amount_minor, left_minor)
    if amount_minor:
        book_outside_refund(
            payment=payment,
            amount_minor=amount_minor,
            reference=dispute.reference,
            state=RefundState.DONE,
            now=now,
            reason=DISPUTE_LOST,
        )
        refunds.filter(reference=dispute.reference).update(last_notice=RefundNotice.REFUNDED)
