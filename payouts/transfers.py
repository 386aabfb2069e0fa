"""Bank transfers. Each payout is claimed and booked before it is sent, and looked up if the bank does not answer.

A payout's state and the ledger always agree on where the money is: in the payee's balance (planned, failed), in transit
(sending, unknown) or at the bank (paid, reconciled). If the bank does not know a key, the payout has not failed. The
call may still be under way, and returning the money to the payee's balance would let a later batch pay it twice. So the
payout stays open, and after PAYOUT_UNSEEN_MINUTES it is sent again with the same key.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from payouts.banks import Bank, BankUnavailable, Transfer, TransferResult, TransferState, get_bank
from payouts.ledger import PostingDraft, book_posting, get_account, get_balance
from payouts.models import Account, AccountKind, Hold, Payout, PayoutState, PostingKind

LOOK_UP_AFTER = timedelta(minutes=10)
"""How long a claimed payout may go without an answer before it is looked up at the bank."""

type Checkpoint = Callable[[str], None]
"""A function to call with the name of each step reached; tests kill the process there."""


def _ignore_checkpoint(_step: str) -> None:
    return


def send_payout(
    *, payout_id: int, now: datetime, bank: Bank | None = None, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Claim a planned payout, book it as in transit, and send it through `bank`, by default the batch's bank.

    Return False if the payout was not sent: another worker claimed it first, or the balance no longer covers it.
    """
    checkpoint("before claim")
    if not _claim(payout_id, now, checkpoint):
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
    """Record the bank's result and book it. Return False if the payout is still waiting or already settled."""
    if result.state in (TransferState.WAITING, TransferState.NOT_FOUND):
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
        values = {"reference": result.reference, "failure_text": result.failure_text, "settled_at": now}
        Payout.objects.move(payout_id, old, new, **values)
        checkpoint("before settle is booked")
        _book_outcome(payout, new, now)
        checkpoint("before settle commits")
    return True


def reconcile_payout(
    *, payout_id: int, now: datetime, bank: Bank | None = None, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Look up an unanswered payout at the bank and settle it. Return False if nothing changed.

    Raises BankUnavailable, which leaves the payout in the state unknown.
    """
    checkpoint("before look-up")
    Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.UNKNOWN)
    payout = Payout.objects.select_related("batch").get(pk=payout_id)
    if payout.state != PayoutState.UNKNOWN:
        return False
    checkpoint("marked unknown")
    result = (bank or get_bank(payout.batch.provider)).look_up(payout.key)
    checkpoint("looked up")
    if result.state == TransferState.NOT_FOUND:
        return _resend(payout, now, bank, checkpoint)
    return settle_payout(payout_id=payout_id, result=result, now=now, checkpoint=checkpoint)


def find_unanswered_payouts(now: datetime) -> list[int]:
    """Return the ids of payouts that the bank has not answered in time, oldest first, except those in bank files."""
    silent = Payout.objects.filter(state=PayoutState.SENDING, claimed_at__lt=now - LOOK_UP_AFTER)
    unknown = Payout.objects.filter(state=PayoutState.UNKNOWN)
    return list((silent | unknown).exclude(batch__provider="csv").order_by("pk").values_list("pk", flat=True))


def build_transfer(payout: Payout) -> Transfer:
    return Transfer(payout.key, payout.holder_name, payout.number, payout.amount_minor, payout.currency)


def get_payee_account(payout: Payout) -> Account:
    kind = AccountKind.CREATOR if payout.creator_id else AccountKind.AGENCY
    return get_account(kind, payout.currency, creator=payout.creator, agency=payout.agency)


def _send_to_bank(payout: Payout, now: datetime, bank: Bank | None, checkpoint: Checkpoint) -> None:
    checkpoint("before send")
    try:
        result = (bank or get_bank(payout.batch.provider)).send(build_transfer(payout))
    except BankUnavailable:
        checkpoint("no answer")
        Payout.objects.move(payout.pk, PayoutState.SENDING, PayoutState.UNKNOWN)
        return
    checkpoint("after send")
    settle_payout(payout_id=payout.pk, result=result, now=now, checkpoint=checkpoint)
    checkpoint("after settle")


def _resend(payout: Payout, now: datetime, bank: Bank | None, checkpoint: Checkpoint) -> bool:
    """Resend a payout that the bank has not received, with the same key, once the last call has had time to arrive.

    Return False if it was not sent, because it is too early, the creator is on hold, or another worker claimed it.
    """
    grace_period = timedelta(minutes=settings.PAYOUT_UNSEEN_MINUTES)
    if payout.claimed_at is None or payout.claimed_at > now - grace_period:
        return False
    if Hold.objects.active().filter(creator=payout.creator_id).exists():
        return False
    if not Payout.objects.move(payout.pk, PayoutState.UNKNOWN, PayoutState.SENDING, claimed_at=now):
        return False
    _send_to_bank(payout, now, bank, checkpoint)
    return True


def _claim(payout_id: int, now: datetime, checkpoint: Checkpoint) -> bool:
    """Move a planned payout to sending and book it, or move it to failed if the balance no longer covers it.

    Return False if another worker claimed it first.
    """
    with transaction.atomic():
        if not Payout.objects.move(payout_id, PayoutState.PLANNED, PayoutState.SENDING, claimed_at=now):
            return False
        checkpoint("inside claim")
        payout = Payout.objects.select_related("creator", "agency").get(pk=payout_id)
        payee = Account.objects.select_for_update().get(pk=get_payee_account(payout).pk)
        if get_balance(payee) < payout.amount_minor:
            text = _("The balance fell below the planned amount, for example because of a return.")
            Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.FAILED, failure_text=text, settled_at=now)
            return True
        checkpoint("before claim is booked")
        _book_transit(payout, PostingKind.PAYOUT, {payee: -payout.amount_minor}, now)
        checkpoint("before claim commits")
    return True


def _book_outcome(payout: Payout, new: PayoutState, now: datetime) -> None:
    if new == PayoutState.FAILED:
        returned = {get_payee_account(payout): payout.amount_minor}
        _book_transit(payout, PostingKind.PAYOUT_FAILED, returned, now)
    else:
        arrived = {get_account(AccountKind.BANK, payout.currency): payout.amount_minor}
        _book_transit(payout, PostingKind.PAYOUT_PAID, arrived, now)


def _book_transit(payout: Payout, kind: PostingKind, amounts: dict[Account, int], now: datetime) -> None:
    """Book `amounts` with the in-transit account as the other side."""
    amount_minor = sum(amounts.values())
    is_shown = kind != PostingKind.PAYOUT_PAID and payout.creator_id is not None
    book_posting(
        PostingDraft(
            key=f"{payout.key}-{kind}",
            kind=kind,
            currency=payout.currency,
            creator=payout.creator if is_shown else None,
            gross_minor=amount_minor,
            amounts={**amounts, get_account(AccountKind.IN_TRANSIT, payout.currency): -amount_minor},
            occurred_at=now,
            sources={"payout": payout},
        ),
        now=now,
    )
