"""A batch of 200 payouts, killed at 21 checkpoints, at a bank that loses 20 % of its answers: no cent moves twice."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from payouts.banks import Bank, BankUnavailable, Transfer
from payouts.batches import plan_batch
from payouts.ledger import PostingDraft, book_posting, get_account
from payouts.models import AccountKind, Batch, Entry, Payout, PayoutAccount, PostingKind
from payouts.transfers import reconcile_payout, send_payout
from payouts.verification import find_discrepancies
from tests.factories import NOW, make_creator
from tests.payouts.stand_in_bank import StandInBank

pytestmark = pytest.mark.django_db(transaction=True)

PAYOUTS = 200
SENDING_POINTS = (
    "before claim",
    "account locked",
    "inside claim",
    "before claim is booked",
    "before claim commits",
    "after claim",
    "before send",
    "no answer",
    "after send",
    "inside settle",
    "before settle is booked",
    "before settle commits",
    "after settle",
)
RECONCILING_POINTS = (
    "before look-up",
    "marked unknown",
    "looked up",
    "inside settle",
    "before settle is booked",
    "before settle commits",
)
BANK_POINTS = ("before the money moves", "after the money moved")


@dataclass
class Killer:
    """A checkpoint that kills the process, as a power cut would, the nth time that it reaches `point`."""

    point: str
    times: int
    counts: dict[str, int] = field(default_factory=dict)

    def __call__(self, point: str) -> None:
        self.counts[point] = self.counts.get(point, 0) + 1
        if point == self.point and self.counts[point] == self.times:
            os.kill(os.getpid(), signal.SIGKILL)


class KillableBank(StandInBank):
    killer: Killer | None = None

    def move_money(self, transfer: Transfer) -> None:
        if self.killer:
            self.killer(BANK_POINTS[0])
        super().move_money(transfer)
        if self.killer:
            self.killer(BANK_POINTS[1])


def owe(count: int) -> int:
    """Owe a different amount to each of `count` creators, and return the sum."""
    total = 0
    for number in range(count):
        creator, amount = make_creator(), 1000 + 37 * number
        amounts = {
            get_account(AccountKind.CREATOR, "USD", creator=creator): amount,
            get_account(AccountKind.FEES, "USD"): -amount,
        }
        # These have no slot behind them, so they are booked as reversals.
        draft = PostingDraft(f"owed-{number}", PostingKind.REVERSAL, "USD", amount, amounts, NOW, creator=creator)
        book_posting(draft, now=NOW)
        PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=f"DE{number:06}")
        total += amount
    return total


def run_in_process(work: Callable[[], None]) -> int:
    """Run `work` in a new process and return its exit code: 0, or the negated number of the signal that killed it."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(timeout=120)
    if process.is_alive():
        process.kill()
        raise AssertionError("The process did not end.")
    return process.exitcode or 0


def send_all(bank: Bank, checkpoint: Killer) -> None:
    for payout_id in Payout.objects.filter(state="planned").order_by("pk").values_list("pk", flat=True):
        send_payout(payout_id=payout_id, now=NOW, bank=bank, checkpoint=checkpoint)


def reconcile_all(bank: Bank, checkpoint: Killer, now: datetime = NOW) -> None:
    for payout_id in (
        Payout.objects.filter(state__in=("sending", "unknown")).order_by("pk").values_list("pk", flat=True)
    ):
        try:
            reconcile_payout(payout_id=payout_id, now=now, bank=bank, checkpoint=checkpoint)
        except BankUnavailable:
            continue


def test_batch_killed_at_21_checkpoints_pays_every_cent_once(tmp_path: Path) -> None:
    owed = owe(PAYOUTS)
    bank = KillableBank(tmp_path / "bank", share_lost=0.2, seed=20)
    plan_batch(created_by=None, currency="USD", now=NOW)
    Batch.objects.update(approved_at=NOW)
    kills = []
    for point in (*SENDING_POINTS, *BANK_POINTS):
        bank.killer = killer = Killer(point, 2)
        kills.append(run_in_process(lambda killer=killer: send_all(bank, killer)))  # type: ignore[misc]
        bank.random.random()
    bank.killer = None
    assert run_in_process(lambda: send_all(bank, Killer("", 0))) == 0
    for point in RECONCILING_POINTS:
        killer = Killer(point, 2)
        kills.append(run_in_process(lambda killer=killer: reconcile_all(bank, killer)))  # type: ignore[misc]
    assert kills == [-signal.SIGKILL] * 21
    reconcile_all(bank, Killer("", 0))
    assert_bank_and_ledger_agree(bank, owed)

    moved = bank.transfers()
    assert len(moved) < PAYOUTS
    send_all(bank, Killer("", 0))
    reconcile_all(bank, Killer("", 0))
    assert bank.transfers() == moved
    resend_lost_transfers(bank)
    assert_bank_and_ledger_agree(bank, owed)
    assert (sum(bank.transfers().values()), bank.sends()) == (owed, PAYOUTS)


def assert_bank_and_ledger_agree(bank: StandInBank, owed: int) -> None:
    paid = {p.key: p.amount_minor for p in Payout.objects.filter(state__in=("paid", "reconciled"))}
    open_minor = sum(Payout.objects.filter(state="unknown").values_list("amount_minor", flat=True))
    assert set(Payout.objects.values_list("state", flat=True)) <= {"paid", "reconciled", "unknown"}
    assert bank.transfers() == paid
    assert bank.sends() == len(paid)
    balances = dict.fromkeys(AccountKind.values, 0)
    for entry in Entry.objects.select_related("account"):
        balances[entry.account.kind] += entry.amount_minor
    assert (balances["bank"], balances["in_transit"]) == (sum(paid.values()), open_minor)
    assert balances["creator"] == owed - sum(paid.values()) - open_minor == 0
    assert list(find_discrepancies()) == []


def resend_lost_transfers(bank: StandInBank) -> None:
    """Resend the transfers that never arrived, under the same keys, until the bank loses no more answers."""
    hour = timedelta(hours=1)
    for hours, share_lost in enumerate((0.2, 0.2, 0.0), start=1):
        bank.share_lost = share_lost
        reconcile_all(bank, Killer("", 0), NOW + hours * hour)
        reconcile_all(bank, Killer("", 0), NOW + hours * hour)
    assert Batch.objects.count() == 1
