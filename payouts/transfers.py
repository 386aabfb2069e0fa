"""Functions that send payouts to the bank and record the result.

A payout is claimed and booked before it is sent (payouts.claims). Its state always agrees with where the ledger has the money:

- planned, dropped, failed or returned: in the payee's balance
- sending or unknown: in transit
- paid or reconciled: at the bank

If the bank refuses a payout because of the shop's own account, it is sent again, and the rest of the batch waits
(payouts.refusals). If the bank does not answer, the payout is looked up. If the bank does not know it, the payout has not failed, because
the call may still be under way. Returning the money to the payee's balance would let a later batch pay it twice.
Instead, the payout is sent again with the same key after PAYOUT_UNSEEN_MINUTES.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from payouts.banks import Bank, BankRefusal, BankUnavailable, Transfer, TransferResult, TransferState, get_bank
from payouts.claims import Checkpoint, claim_payout, find_hold
from payouts.models import FILE_PROVIDER, FailureCode, Payout, PayoutState
from payouts.payout_mail import mail_outcome
from payouts.refusals import postpone_payout
from payouts.transit import book_outcome

logger = logging.getLogger(__name__)
LOOK_UP_AFTER = timedelta(minutes=10)
"""How long to wait for an answer before a claimed payout is looked up at the bank."""


def _ignore_checkpoint(_step: str) -> None:
    return


def send_payout(
    *, payout_id: int, now: datetime, bank: Bank | None = None, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Claim a planned payout, book it as in transit, and send it. If `bank` is None, use the bank of its batch.

    Return False if the payout was not sent: another worker claimed it first, something stops it (see payouts.claims),
    or the balance no longer covers it.
    """
    checkpoint("before claim")
    if not claim_payout(payout_id=payout_id, now=now, checkpoint=checkpoint):
        return False
    checkpoint("after claim")
    payout = Payout.objects.select_related("batch").get(pk=payout_id)
    if payout.state != PayoutState.SENDING:
        return False
    _send_to_bank(payout, now, bank, checkpoint)
    return True


def settle_payout(
    *, payout_id: int, result: TransferResult, now: datetime, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Record and book the bank's result. Return False if the payout is still waiting or is already settled."""
    if result.state not in (TransferState.PAID, TransferState.FAILED):
        return False
    with transaction.atomic():
        payout = Payout.objects.select_for_update().get(pk=payout_id)
        old = PayoutState(payout.state)
        if old not in (PayoutState.SENDING, PayoutState.UNKNOWN):
            return False
        checkpoint("inside settle")
        if result.state == TransferState.PAID:
            new = PayoutState.PAID if old == PayoutState.SENDING else PayoutState.RECONCILED
        else:
            new = PayoutState.FAILED
        values = {
            "reference": result.reference,
            "failure_code": (result.failure_code or FailureCode.REFUSED) if new == PayoutState.FAILED else "",
            "failure_text": result.failure_text[:300],
            "refused_text": "",
            "unclear_text": "",
            "settled_at": now,
        }
        Payout.objects.move(payout_id, old, new, **values)
        checkpoint("before settle is booked")
        book_outcome(payout, new, now)
        mail_outcome(payout_id=payout_id)
        checkpoint("before settle commits")
    return True


def reconcile_payout(
    *, payout_id: int, now: datetime, bank: Bank | None = None, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Look up an unanswered payout at the bank, and settle it. If the bank has not received it, send it again.

    Return False if the payout was neither settled nor sent. Raises BankUnavailable, and leaves the payout in UNKNOWN.
    """
    checkpoint("before look-up")
    Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.UNKNOWN)
    payout = Payout.objects.select_related("batch").get(pk=payout_id)
    if payout.state != PayoutState.UNKNOWN:
        return False
    checkpoint("marked unknown")
    result = (bank or get_bank(payout.batch.provider)).look_up(build_transfer(payout))
    checkpoint("looked up")
    if result.state == TransferState.NOT_FOUND:
        return _resend(payout, now, bank, checkpoint)
    if result.state == TransferState.UNCLEAR:
        logger.warning("payout unclear", extra={"payout": payout_id, "why": result.failure_text})
        Payout.objects.filter(pk=payout_id, state=PayoutState.UNKNOWN).update(unclear_text=result.failure_text[:300])
        return False
    return settle_payout(payout_id=payout_id, result=result, now=now, checkpoint=checkpoint)


def find_unanswered_payouts(now: datetime) -> list[int]:
    """Return the ids of payouts that the bank has not answered in time, oldest first.

    Payouts in bank files are left out, because finance staff upload their results, and so are unclear ones, on which a
    person decides.
    """
    silent = Payout.objects.filter(state=PayoutState.SENDING, claimed_at__lt=now - LOOK_UP_AFTER)
    unknown = Payout.objects.filter(state=PayoutState.UNKNOWN, unclear_text="")
    return list((silent | unknown).exclude(batch__provider=FILE_PROVIDER).order_by("pk").values_list("pk", flat=True))


def build_transfer(payout: Payout) -> Transfer:
    return Transfer(
        key=payout.bank_key,
        holder_name=payout.holder_name,
        number=payout.number,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        bank_code=payout.bank_code,
        country_code=payout.country_code,
        refused_count=payout.refused_count,
    )


def _send_to_bank(payout: Payout, now: datetime, bank: Bank | None, checkpoint: Checkpoint) -> None:
    checkpoint("before send")
    try:
        result = (bank or get_bank(payout.batch.provider)).send(build_transfer(payout))
    except BankUnavailable:
        checkpoint("no answer")
        Payout.objects.move(payout.pk, PayoutState.SENDING, PayoutState.UNKNOWN)
        return
    except BankRefusal as refusal:
        checkpoint("refused")
        postpone_payout(payout=payout, text=str(refusal))
        return
    checkpoint("after send")
    settle_payout(payout_id=payout.pk, result=result, now=now, checkpoint=checkpoint)
    checkpoint("after settle")


def _resend(payout: Payout, now: datetime, bank: Bank | None, checkpoint: Checkpoint) -> bool:
    """Send a payout again, with the same key, after the bank said that it has not received it.

    Return False if the payout was not sent, because it is too early, the payee is on hold, or another worker claimed
    it.
    """
    grace_period = timedelta(minutes=settings.PAYOUT_UNSEEN_MINUTES)
    if payout.claimed_at is None or payout.claimed_at > now - grace_period:
        return False
    if find_hold(payout):
        return False
    if not Payout.objects.move(payout.pk, PayoutState.UNKNOWN, PayoutState.SENDING, claimed_at=now):
        return False
    _send_to_bank(payout, now, bank, checkpoint)
    return True
