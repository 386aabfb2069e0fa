"""Functions that send planned refunds to the payment provider and record the outcome.

A refund is claimed and then sent. If it is pending at the provider, it is looked up there until it is settled.
"""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.keys import parse_key
from shop.models import Refund
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
    unsent = Refund.objects.unsent_at(now).filter(pk=refund_id)
    if unsent.update(state=RefundState.SENDING, send_after=now + RETRY_AFTER) != 1:
        return False
    refund = Refund.objects.get(pk=refund_id)
    payment = refund.order.payments.get(state=PaymentState.SUCCEEDED)
    outcome = get_payment_provider(payment.provider).refund(
        key=refund.key,
        payment_reference=payment.reference,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
    )
    return settle_refund(refund_id=refund_id, outcome=outcome, now=now)


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


def settle_refund_by_key(*, key: str, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome of the refund with this key.

    Return False if nothing changed, or if no refund has this key for its current attempt.
    """
    refund_id = parse_key(key.removeprefix("refund-").split("-")[0])
    refund = Refund.objects.filter(pk=refund_id).first()
    return refund is not None and refund.key == key and settle_refund(refund_id=refund.pk, outcome=outcome, now=now)


def retry_refund(*, refund_id: int, now: datetime) -> bool:
    """Plan a new attempt, with a new key, to send a failed refund. Return False if the refund has not failed."""
    return Refund.objects.move(
        refund_id, RefundState.FAILED, RefundState.PLANNED, attempt=F("attempt") + 1, send_after=now, settled_at=None
    )


def mark_refunded_elsewhere(*, refund_id: int, now: datetime) -> bool:
    """Mark a failed refund as paid in another way. Return False if the refund has not failed."""
    return Refund.objects.move(refund_id, RefundState.FAILED, RefundState.DONE, reference="", settled_at=now)


def _look_up(refund_id: int, now: datetime) -> bool:
    refund = Refund.objects.get(pk=refund_id)
    payment = refund.order.payments.get(state=PaymentState.SUCCEEDED)
    outcome = get_payment_provider(payment.provider).look_up_refund(refund.reference)
    return outcome.state != OutcomeState.WAITING and settle_refund(refund_id=refund_id, outcome=outcome, now=now)
