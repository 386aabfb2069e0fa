"""What became of a payout when the bank can't say, or takes it back: a person finds out and marks it."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from payouts.models import ARRIVED, WAITING, FailureCode, Payout, PayoutState
from payouts.models.payee import find_users
from payouts.payout_mail import mail_outcome
from payouts.transfers import LOOK_UP_AFTER
from payouts.transit import book_outcome

logger = logging.getLogger(__name__)


class BankOutcome(TextChoices):
    PAID = "paid", gettext_lazy("Paid")
    NOT_SENT = "not_sent", gettext_lazy("Not sent: the amount returns to the balance")
    RETURNED = "returned", gettext_lazy("Returned by the bank: the amount returns to the balance")


class OutcomeRefused(Exception):
    """A refused decision. Nothing was changed. The message says why."""


def is_undecided(payout: Payout, now: datetime) -> bool:
    """Return whether a person may decide what became of the payout.

    It has no answer. With a bank that answers at once, the call must have ended: a payout on its way has to be looked up
    first.
    """
    if payout.batch.uses_files:
        return payout.state in WAITING
    is_silent = payout.claimed_at is not None and payout.claimed_at < now - LOOK_UP_AFTER
    return payout.state == PayoutState.UNKNOWN and (is_silent or bool(payout.unclear_text))


def list_outcomes(payout: Payout, now: datetime) -> tuple[BankOutcome, ...]:
    """Return what a person may mark the payout as."""
    if payout.state in ARRIVED:
        return (BankOutcome.RETURNED,)
    return (BankOutcome.PAID, BankOutcome.NOT_SENT) if is_undecided(payout, now) else ()


def decide_outcome(
    *, payout_id: int, outcome: BankOutcome, reference: str, reason: str, user: User, now: datetime
) -> None:
    """Mark a payout as paid, as not sent or as returned. The last two return the money to the payee's balance.

    Raises OutcomeRefused.
    """
    if not reason.strip():
        raise OutcomeRefused(_("Enter a reason."))
    with transaction.atomic():
        payout = (
            Payout.objects.select_for_update(of=("self",))
            .select_related("batch", "creator", "agency", "merchant")
            .get(pk=payout_id)
        )
        check_outcome(payout, outcome, user, now)
        old = PayoutState(payout.state)
        new = _find_state(old, outcome)
        values = {
            "reference": reference.strip() or payout.reference,
            "failure_code": FailureCode.NOT_SENT if outcome == BankOutcome.NOT_SENT else "",
            "failure_text": "",
            "refused_text": "",
            "unclear_text": "",
            "settled_at": now,
            "decided_by": user,
            "decision_reason": reason.strip(),
        }
        if not Payout.objects.move(payout_id, old, new, **values):
            raise OutcomeRefused(_("This payout has an answer by now. Look at it again."))
        book_outcome(payout, new, now)
        mail_outcome(payout_id=payout_id)
    logger.info("payout decided", extra={"payout": payout_id, "state": new, "user": user.pk})


def check_outcome(payout: Payout, outcome: BankOutcome, user: User, now: datetime) -> None:
    """Raise OutcomeRefused if the payout can't be marked so now, or if the user is paid by the payout."""
    if outcome not in list_outcomes(payout, now):
        if outcome == BankOutcome.RETURNED:
            raise OutcomeRefused(_("Only a payout that was paid can be returned by the bank. Look at it again."))
        raise OutcomeRefused(_("This payout does not wait for a decision. Look at it again."))
    if user in find_users(payout.payee):
        raise OutcomeRefused(_("You can't decide on a payout to yourself."))


def _find_state(old: PayoutState, outcome: BankOutcome) -> PayoutState:
    if outcome == BankOutcome.PAID:
        return PayoutState.PAID if old == PayoutState.SENDING else PayoutState.RECONCILED
    return PayoutState.RETURNED if outcome == BankOutcome.RETURNED else PayoutState.FAILED
