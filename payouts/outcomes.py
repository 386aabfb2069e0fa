"""What became of a payout when the bank can't say: a person finds out and marks it as paid or as not sent."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.models import Payout, PayoutState
from payouts.payout_mail import mail_outcome
from payouts.transfers import LOOK_UP_AFTER
from payouts.transit import book_outcome

logger = logging.getLogger(__name__)


class OutcomeRefused(Exception):
    """A refused decision. Nothing was changed. The message says why."""


def is_undecided(payout: Payout, now: datetime) -> bool:
    """Return whether a person may decide what became of the payout.

    It has no answer. With a bank that answers at once, the call must have ended: a payout on its way has to be looked up
    first.
    """
    if payout.batch.uses_files:
        return payout.state in (PayoutState.SENDING, PayoutState.UNKNOWN)
    is_silent = payout.claimed_at is not None and payout.claimed_at < now - LOOK_UP_AFTER
    return payout.state == PayoutState.UNKNOWN and (is_silent or bool(payout.unclear_text))


def decide_outcome(*, payout_id: int, is_paid: bool, reference: str, reason: str, user: User, now: datetime) -> None:
    """Mark a payout as paid, or as not sent, which returns the money to the payee's balance. Raises OutcomeRefused."""
    if not reason.strip():
        raise OutcomeRefused(_("Enter a reason."))
    with transaction.atomic():
        payout = (
            Payout.objects.select_for_update(of=("self",))
            .select_related("batch", "creator", "agency")
            .get(pk=payout_id)
        )
        check_undecided(payout, user, now)
        old = PayoutState(payout.state)
        if is_paid:
            new = PayoutState.PAID if old == PayoutState.SENDING else PayoutState.RECONCILED
        else:
            new = PayoutState.FAILED
        values = {
            "reference": reference.strip() or payout.reference,
            "failure_text": "" if is_paid else _("The money was not sent."),
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


def check_undecided(payout: Payout, user: User, now: datetime) -> None:
    """Raise OutcomeRefused if there is nothing to decide, or if the user is paid by the payout."""
    if not is_undecided(payout, now):
        raise OutcomeRefused(_("This payout does not wait for a decision. Look at it again."))
    if payout.payee.user_id == user.pk:
        raise OutcomeRefused(_("You can't decide on a payout to yourself."))
