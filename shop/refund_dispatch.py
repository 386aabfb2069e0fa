"""Functions that send planned refunds to the payment provider and record the outcome.

A refund is claimed and then sent. If it is pending at the provider, it is looked up there until it is settled.
"""

from datetime import datetime, timedelta

from django.db.models import F

from shop.models import Payment, Refund
from shop.models.refund import UNSETTLED
from shop.providers import Outcome, OutcomeState, get_payment_provider
from shop.states import REFUND_MOVES, PaymentState, RefundState

RETRY_AFTER = timedelta(minutes=5)
"""How long to wait for an answer before a claimed refund is sent again with the same key."""
LOOK_UP_AFTER = timedelta(hours=6)
"""How often to look up a refund that the provider has accepted but the bank has not yet received."""

STATES = {
    OutcomeState.SUCCEEDED: RefundState.DONE,
    OutcomeState.WAITING: RefundState.PENDING,
    OutcomeState.FAILED: RefundState.FAILED,
}


def send_refund(*, refund_id: int, now: datetime) -> bool:
    """Claim a refund and send it to the provider, or look it up there if it is pending.

    Return False if nothing changed. Raises ProviderUnavailable; a periodic task retries later with the same key.
    """
    pending = Refund.objects.filter(pk=refund_id, state=RefundState.PENDING, send_after__lte=now)
    if pending.update(send_after=now + LOOK_UP_AFTER) == 1:
        return _look_up(refund_id, now)
    refund = Refund.objects.unsent_at(now).filter(pk=refund_id).first()
    was_sent = refund is not None and refund.state == RefundState.SENDING
    unsent = Refund.objects.unsent_at(now).filter(pk=refund_id)
    if refund is None or unsent.update(state=RefundState.SENDING, send_after=now + RETRY_AFTER) != 1:
        return False
    outcome = (_find_sent(refund) if was_sent else None) or _send(refund)
    return settle_refund(refund_id=refund_id, outcome=outcome, now=now)


def _send(refund: Refund) -> Outcome:
    """Send the refund and return the outcome. Nothing is sent if nothing is to be paid back. Raises ProviderUnavailable."""
    if not refund.amount_minor:
        return Outcome(OutcomeState.SUCCEEDED)
    payment = _get_payment(refund)
    return get_payment_provider(payment.provider).refund(
        key=refund.key,
        installation=refund.installation,
        payment_reference=payment.reference,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
    )


def _find_sent(refund: Refund) -> Outcome | None:
    """Return the outcome of a refund that was sent before without an answer, or None if it did not arrive.

    The same key is no protection: Stripe forgets keys after 24 hours, and repeats an error of its own until then.
    Source: docs.stripe.com/api/idempotent_requests. Raises ProviderUnavailable.
    """
    if not refund.amount_minor:
        return None
    payment = _get_payment(refund)
    sent = get_payment_provider(payment.provider).list_refunds(payment.reference)
    return next((news.outcome for news in sent if news.particulars.key == refund.key), None)


def _get_payment(refund: Refund) -> Payment:
    return refund.purchase.payments.get(state=PaymentState.SUCCEEDED)


def settle_refund(*, refund_id: int, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome of a refund. Return False if nothing changed, for example because it was already recorded.

    After a failure the shopper is still owed the money, and staff decide how to pay it back.
    """
    refund = Refund.objects.get(pk=refund_id)
    old, new = RefundState(refund.state), STATES[outcome.state]
    is_current = old in UNSETTLED or (old == RefundState.DONE and refund.reference == outcome.reference)
    if not is_current or new not in REFUND_MOVES[old]:
        return False
    return Refund.objects.move(
        refund_id,
        old,
        new,
        reference=outcome.reference or refund.reference,
        failure_text=outcome.failure_text[:300],
        settled_at=None if new == RefundState.PENDING else now,
        send_after=now + LOOK_UP_AFTER,
    )


def retry_refund(*, refund_id: int, now: datetime) -> bool:
    """Plan a new attempt, with a new key, to send a failed refund. Return False if the refund has not failed."""
    values = {"attempt": F("attempt") + 1, "send_after": now, "settled_at": None, "reference": ""}
    return Refund.objects.move(refund_id, RefundState.FAILED, RefundState.PLANNED, **values)


def mark_refunded_elsewhere(*, refund_id: int, now: datetime) -> bool:
    """Mark a failed refund as paid in another way. Return False if the refund has not failed."""
    values = {"reference": "", "settled_at": now, "is_paid_elsewhere": True}
    return Refund.objects.move(refund_id, RefundState.FAILED, RefundState.DONE, **values)


def _look_up(refund_id: int, now: datetime) -> bool:
    refund = Refund.objects.get(pk=refund_id)
    outcome = get_payment_provider(_get_payment(refund).provider).look_up_refund(refund.reference)
    return outcome.state != OutcomeState.WAITING and settle_refund(refund_id=refund_id, outcome=outcome, now=now)
