"""Sending refunds: claimed before the provider is asked, under the refund's own key, and looked up until it is settled."""

from datetime import datetime, timedelta

from django.db.models import F

from shop.models import Refund
from shop.models.refund import UNSETTLED
from shop.providers import Outcome, OutcomeState, get_payment_provider
from shop.states import REFUND_MOVES, PaymentState, RefundState

RETRY_AFTER = timedelta(minutes=5)
"""How long a claimed refund may stay without an answer before it is asked for again, under the same key."""
LOOK_UP_AFTER = timedelta(hours=6)
"""How often a refund is looked up that the provider has taken and the bank not yet."""

STATES = {
    OutcomeState.SUCCEEDED: RefundState.DONE,
    OutcomeState.WAITING: RefundState.PENDING,
    OutcomeState.FAILED: RefundState.FAILED,
}


def send_refund(*, refund_id: int, now: datetime) -> bool:
    """Claim a refund and send it, or look up what is on its way; True when this call changed what is known.

    Raises ProviderUnavailable; the sweep asks again, under the same key.
    """
    waiting = Refund.objects.filter(pk=refund_id, state=RefundState.PENDING, send_after__lte=now)
    if waiting.update(send_after=now + LOOK_UP_AFTER) == 1:
        return _look_up(refund_id, now)
    claimed = Refund.objects.unsent_at(now).filter(pk=refund_id)
    if claimed.update(state=RefundState.SENDING, send_after=now + RETRY_AFTER) != 1:
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
    """Write what the provider says of a refund; True when this call was the one that changed something.

    A refusal leaves it FAILED: the money is still owed to the shopper, and a person decides how it goes back.
    """
    refund = Refund.objects.get(pk=refund_id)
    old, new = RefundState(refund.state), STATES[outcome.state]
    is_ours = old in UNSETTLED or (old == RefundState.DONE and refund.reference == outcome.reference)
    if not is_ours or new not in REFUND_MOVES[old]:
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
    """Settle the attempt that a webhook names; False when it names none of ours, or an earlier one."""
    number = key.removeprefix("refund-").split("-")[0]
    refund = Refund.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    return refund is not None and refund.key == key and settle_refund(refund_id=refund.pk, outcome=outcome, now=now)


def retry_refund(*, refund_id: int, now: datetime) -> bool:
    """Plan a failed refund once more, under the key of its next attempt; False when it has not failed."""
    return Refund.objects.move(
        refund_id, RefundState.FAILED, RefundState.PLANNED, attempt=F("attempt") + 1, send_after=now, settled_at=None
    )


def mark_refunded_elsewhere(*, refund_id: int, now: datetime) -> bool:
    """Note that a person sent a failed refund's money another way; False when it has not failed."""
    return Refund.objects.move(refund_id, RefundState.FAILED, RefundState.DONE, reference="", settled_at=now)


def _look_up(refund_id: int, now: datetime) -> bool:
    refund = Refund.objects.get(pk=refund_id)
    payment = refund.order.payments.get(state=PaymentState.SUCCEEDED)
    outcome = get_payment_provider(payment.provider).look_up_refund(refund.reference)
    return outcome.state != OutcomeState.WAITING and settle_refund(refund_id=refund_id, outcome=outcome, now=now)
