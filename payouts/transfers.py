"""Sending money: the row is claimed and booked before the bank is asked, and an unknown answer is looked up first.

A payout is in one of four places at any moment, and the ledger says the same: with its creator (planned), on its way
(sending, unknown), at the bank (paid, reconciled), or back with its creator (failed). That a bank does not know a key
is no failure: the call may still be on its way, and giving the money back would let a later batch pay it twice. So
the payout stays open, and after PAYOUT_UNSEEN_MINUTES the same payout is sent again under the same key.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from payouts.banks import BankUnavailable, Transfer, TransferResult, TransferState, bank
from payouts.ledger import PostingDraft, book_posting, get_account, get_balance
from payouts.models import Account, AccountKind, Hold, Payout, PayoutState, PostingKind

ANSWER_WITHIN = timedelta(minutes=10)
"""After this long without an answer a claimed payout is looked up at the bank."""

type Checkpoint = Callable[[str], None]
"""Told the name of each point that is passed; tests end the process there."""


def _ignore_checkpoint(_step: str) -> None:
    return


def send_payout(*, payout_id: int, now: datetime, at: Checkpoint = _ignore_checkpoint) -> bool:
    """Claim a planned payout, book it as on its way, and send it; False when somebody else has claimed it."""
    at("before claim")
    if not _claim(payout_id, now, at):
        return False
    at("after claim")
    payout = Payout.objects.select_related("batch").get(pk=payout_id)
    if payout.state != PayoutState.SENDING:
        return False
    _ask_bank(payout, now, at)
    return True


def settle_payout(
    *, payout_id: int, answer: TransferResult, now: datetime, at: Checkpoint = _ignore_checkpoint
) -> bool:
    """Write what the bank did; True when this call was the one that changed something."""
    if answer.state in (TransferState.WAITING, TransferState.NOT_FOUND):
        return False
    with transaction.atomic():
        payout = Payout.objects.select_for_update().get(pk=payout_id)
        old = PayoutState(payout.state)
        if old not in (PayoutState.SENDING, PayoutState.UNKNOWN):
            return False
        at("inside settle")
        if answer.state == TransferState.PAID:
            new = PayoutState.PAID if old == PayoutState.SENDING else PayoutState.RECONCILED
        else:
            new = PayoutState.FAILED
        told = {"reference": answer.reference, "failure_text": answer.failure_text, "settled_at": now}
        Payout.objects.move(payout_id, old, new, **told)
        at("before settle is booked")
        _book_end(payout, new, now)
        at("before settle commits")
    return True


def reconcile_payout(*, payout_id: int, now: datetime, at: Checkpoint = _ignore_checkpoint) -> bool:
    """Look up at the bank what became of a payout without an answer. Raises BankUnavailable; then nothing changed."""
    at("before look-up")
    Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.UNKNOWN)
    payout = Payout.objects.select_related("batch").get(pk=payout_id)
    if payout.state != PayoutState.UNKNOWN:
        return False
    at("marked unknown")
    answer = bank(payout.batch.provider).look_up(payout.key)
    at("looked up")
    if answer.state == TransferState.NOT_FOUND:
        return _send_again(payout, now, at)
    return settle_payout(payout_id=payout_id, answer=answer, now=now, at=at)


def find_unanswered_payouts(now: datetime) -> list[int]:
    """Return the ids of payouts that the bank was asked for and has not answered in time."""
    silent = Payout.objects.filter(state=PayoutState.SENDING, claimed_at__lt=now - ANSWER_WITHIN)
    unknown = Payout.objects.filter(state=PayoutState.UNKNOWN)
    return list((silent | unknown).exclude(batch__provider="csv").order_by("pk").values_list("pk", flat=True))


def build_transfer(payout: Payout) -> Transfer:
    return Transfer(payout.key, payout.holder_name, payout.number, payout.amount_minor, payout.currency)


def get_payee_account(payout: Payout) -> Account:
    kind = AccountKind.CREATOR if payout.creator_id else AccountKind.AGENCY
    return get_account(kind, payout.currency, creator=payout.creator, agency=payout.agency)


def _ask_bank(payout: Payout, now: datetime, at: Checkpoint) -> None:
    at("before send")
    try:
        answer = bank(payout.batch.provider).send(build_transfer(payout))
    except BankUnavailable:
        at("no answer")
        Payout.objects.move(payout.pk, PayoutState.SENDING, PayoutState.UNKNOWN)
        return
    at("after send")
    settle_payout(payout_id=payout.pk, answer=answer, now=now, at=at)
    at("after settle")


def _send_again(payout: Payout, now: datetime, at: Checkpoint) -> bool:
    """Send what the bank does not know once more, under its key, when the last call has had its time to arrive."""
    unseen_for = timedelta(minutes=settings.PAYOUT_UNSEEN_MINUTES)
    if payout.claimed_at is None or payout.claimed_at > now - unseen_for:
        return False
    if Hold.objects.active().filter(creator=payout.creator_id).exists():
        return False
    if not Payout.objects.move(payout.pk, PayoutState.UNKNOWN, PayoutState.SENDING, claimed_at=now):
        return False
    _ask_bank(payout, now, at)
    return True


def _claim(payout_id: int, now: datetime, at: Checkpoint) -> bool:
    with transaction.atomic():
        if not Payout.objects.move(payout_id, PayoutState.PLANNED, PayoutState.SENDING, claimed_at=now):
            return False
        at("inside claim")
        payout = Payout.objects.select_related("creator", "agency").get(pk=payout_id)
        payee = Account.objects.select_for_update().get(pk=get_payee_account(payout).pk)
        if get_balance(payee) < payout.amount_minor:
            text = _("The balance fell below the planned amount, for example by a return.")
            Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.FAILED, failure_text=text, settled_at=now)
            return True
        at("before claim is booked")
        _book(payout, PostingKind.PAYOUT, {payee: -payout.amount_minor}, AccountKind.IN_TRANSIT, now)
        at("before claim commits")
    return True


def _book_end(payout: Payout, new: PayoutState, now: datetime) -> None:
    if new == PayoutState.FAILED:
        back = {get_payee_account(payout): payout.amount_minor}
        _book(payout, PostingKind.PAYOUT_FAILED, back, AccountKind.IN_TRANSIT, now)
    else:
        arrived = {get_account(AccountKind.BANK, payout.currency): payout.amount_minor}
        _book(payout, PostingKind.PAYOUT_PAID, arrived, AccountKind.IN_TRANSIT, now)


def _book(
    payout: Payout, kind: PostingKind, one_side: dict[Account, int], other_kind: AccountKind, now: datetime
) -> None:
    amount_minor = sum(one_side.values())
    is_shown = kind != PostingKind.PAYOUT_PAID and payout.creator_id is not None
    book_posting(
        PostingDraft(
            key=f"{payout.key}-{kind}",
            kind=kind,
            currency=payout.currency,
            creator=payout.creator if is_shown else None,
            gross_minor=amount_minor,
            amounts={**one_side, get_account(other_kind, payout.currency): -amount_minor},
            occurred_at=now,
            about={"payout": payout},
        ),
        now=now,
    )
