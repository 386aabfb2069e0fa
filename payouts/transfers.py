"""Functions that send payouts to the bank and record the result.

A payout is claimed and booked before it is sent. Its state always agrees with where the ledger has the money:

- planned or failed: in the payee's balance
- sending or unknown: in transit
- paid or reconciled: at the bank

If the bank does not answer, the payout is looked up. If the bank does not know it, the payout has not failed, because
the call may still be under way. Returning the money to the payee's balance would let a later batch pay it twice.
Instead, the payout is sent again with the same key after PAYOUT_UNSEEN_MINUTES.
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
"""How long to wait for an answer before a claimed payout is looked up at the bank."""

type Checkpoint = Callable[[str], None]
"""A function that is called with the name of each step. Tests use it to kill the process at a step."""


def _ignore_checkpoint(_step: str) -> None:
    return


def send_payout(
    *, payout_id: int, now: datetime, bank: Bank | None = None, checkpoint: Checkpoint = _ignore_checkpoint
) -> bool:
    """Claim a planned payout, book it as in transit, and send it. If `bank` is None, use the bank of its batch.

    Return False if the payout was not sent, because another worker claimed it first or the balance no longer covers it.
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
    """Record and book the bank's result. Return False if the payout is still waiting or is already settled."""
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
    """Look up an unanswered payout at the bank, and settle it. If the bank has not received it, send it again.

    Return False if the payout was neither settled nor sent. Raises BankUnavailable, and leaves the payout in UNKNOWN.
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
    """Return the ids of payouts that the bank has not answered in time, oldest first.

    Payouts in bank files are left out, because finance staff upload their results.
    """
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
    """Send a payout again, with the same key, after the bank said that it has not received it.

    Return False if the payout was not sent, because it is too early, the creator is on hold, or another worker claimed
    it.
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
    """Claim a planned payout: move it to SENDING and book it as in transit.

    If the balance no longer covers the payout, move it to FAILED instead. Return False if another worker claimed it
    first.
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
    """Book `amounts` on their accounts, and the opposite amount on the in-transit account."""
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
