"""Sending against dropping, planning again, approving and changes of the account, at the same moment."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.installation import get_installation_id
from accounts.models import User
from payouts.approvals import BatchRefused
from payouts.bank_orders import BankOrder, make_bank_order
from payouts.batches import plan_batch, replan_batch
from payouts.models import Batch, Payout, PayoutAccount
from payouts.payout_accounts import AccountDetails, set_payout_account
from payouts.plan_changes import drop_payouts
from payouts.tally import tally
from payouts.transfers import send_payout
from payouts.verification import find_discrepancies
from tests.concurrency.crowd import is_somebody_blocked, run_at_once
from tests.factories import NOW, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "DE89370400440532013000", "DE02120300000000202051"
WAIT_S = 60


@pytest.fixture
def finance() -> User:
    return make_user("finance@example.com", is_staff=True)


def plan(finance: User, count: int = 1) -> Batch:
    for index in range(count):
        creator = make_creator()
        make_published_clip(creator)
        PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=OLD if count == 1 else f"{OLD}{index}")
    tally(now=timezone.now())
    return plan_batch(created_by=finance, currency="USD", now=NOW)


def drop(batch_id: int, payout_id: int, user: User) -> bool:
    try:
        return drop_payouts(batch_id=batch_id, payout_ids=[payout_id], user=user, reason="Race.") == 1
    except BatchRefused:
        return False


def send(payout_id: int) -> bool:
    return send_payout(payout_id=payout_id, now=NOW)


def order(batch_id: int) -> BankOrder | None:
    try:
        return make_bank_order(batch=Batch.objects.get(pk=batch_id))
    except BatchRefused:
        return None


def message_of(batch: Batch, number: int) -> str:
    return f"{get_installation_id()}-batch-{batch.pk}-{number}"


def test_payout_is_either_sent_or_dropped(finance: User) -> None:
    batch = plan(finance, count=12)
    ids = list(batch.payouts.order_by("pk").values_list("pk", flat=True))
    calls: list[Callable[[], Any]] = []
    for payout_id in ids:
        calls += [partial(send, payout_id), partial(drop, batch.pk, payout_id, finance)]
    outcomes = run_at_once(calls, threads=3)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    for index, payout_id in enumerate(ids):
        is_sent, is_dropped = outcomes[2 * index].result, outcomes[2 * index + 1].result
        assert (is_sent, is_dropped) in ((True, False), (False, True))
        payout = Payout.objects.get(pk=payout_id)
        assert payout.state == ("sending" if is_sent else "dropped")
        assert payout.postings.count() == int(is_sent)
    assert list(find_discrepancies()) == []


def test_two_staff_put_each_payout_into_exactly_one_order(finance: User) -> None:
    batch = plan(finance, count=12)
    for payout_id in batch.payouts.values_list("pk", flat=True):
        assert send(payout_id)
    outcomes = run_at_once([partial(order, batch.pk) for _index in range(4)], threads=1)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [outcome.result for outcome in outcomes if outcome.result] == [BankOrder(1, 12, 12, message_of(batch, 1))]
    assert set(batch.payouts.values_list("bank_order", flat=True)) == {1}


def test_payout_that_is_sent_meanwhile_is_in_one_order(finance: User) -> None:
    batch = plan(finance, count=8)
    ids = list(batch.payouts.order_by("pk").values_list("pk", flat=True))
    calls: list[Callable[[], Any]] = []
    for payout_id in ids:
        calls += [partial(send, payout_id), partial(order, batch.pk)]
    outcomes = run_at_once(calls, threads=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    orders = [made for made in [*(outcome.result for outcome in outcomes[1::2]), order(batch.pk)] if made]
    assert {made.number: made.count for made in orders} == Counter(batch.payouts.values_list("bank_order", flat=True))
    assert sum(made.count for made in orders) == len(ids)


def run_inside(point: str, work: Callable[[], None]) -> tuple[Callable[[str], None], threading.Thread]:
    """Return a checkpoint that starts `work` in another connection at `point`, and waits until it ends or is blocked."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)

    def checkpoint(step: str) -> None:
        if step == point:
            thread.start()
            deadline = time.monotonic() + WAIT_S
            while thread.is_alive() and not is_somebody_blocked():
                assert time.monotonic() < deadline
                time.sleep(0.05)

    return checkpoint, thread


def test_account_that_changes_while_the_payout_is_claimed_changes_after_it(finance: User) -> None:
    """Without the lock on the account, the change is done while the old number is still being copied."""
    payout = plan(finance).payouts.get()
    assert payout.creator is not None
    change = partial(set_payout_account, payee=payout.creator, details=AccountDetails("Maya", NEW))
    seen: list[str] = []

    def finish() -> None:
        change()
        seen.append(Payout.objects.get(pk=payout.pk).state)

    checkpoint, thread = run_inside("account locked", finish)
    assert send_payout(payout_id=payout.pk, now=NOW, checkpoint=checkpoint)
    thread.join()
    payout.refresh_from_db()
    assert seen == ["sending"]
    assert (payout.number, PayoutAccount.objects.get().number) == (OLD, NEW)


def test_account_that_changed_before_the_claim_stops_it(finance: User) -> None:
    payout = plan(finance).payouts.get()
    assert payout.creator is not None
    change = partial(set_payout_account, payee=payout.creator, details=AccountDetails("Maya", NEW))
    checkpoint, thread = run_inside("before claim", change)
    assert not send_payout(payout_id=payout.pk, now=NOW, checkpoint=checkpoint)
    thread.join()
    payout.refresh_from_db()
    assert (payout.state, payout.number) == ("planned", OLD)


@pytest.mark.parametrize("point", ["account locked", "inside claim", "before claim commits"])
def test_batch_is_planned_again_only_after_the_claim(finance: User, point: str) -> None:
    """Without the lock on the batch, the payout that is being claimed is dropped and planned a second time."""
    batch = plan(finance)
    payout = batch.payouts.get()
    refusals: list[str] = []

    def replan() -> None:
        try:
            replan_batch(batch_id=batch.pk, user=finance, now=NOW)
        except BatchRefused as refusal:
            refusals.append(str(refusal))

    checkpoint, thread = run_inside(point, replan)
    assert send_payout(payout_id=payout.pk, now=NOW, checkpoint=checkpoint)
    thread.join()
    assert len(refusals) == 1
    assert list(batch.payouts.values_list("state", flat=True)) == ["sending"]
    assert list(find_discrepancies()) == []


def test_approval_that_is_void_while_the_task_waits_is_checked_again(finance: User, settings: Any) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 100
    batch = plan(finance, count=2)
    second = make_user("second@example.com", is_staff=True)
    Batch.objects.filter(pk=batch.pk).update(approved_by=second, approved_at=NOW)
    first, other = batch.payouts.order_by("pk")

    def void() -> None:
        drop(batch.pk, other.pk, finance)

    checkpoint, thread = run_inside("before claim", void)
    assert not send_payout(payout_id=first.pk, now=NOW, checkpoint=checkpoint)
    thread.join()
    first.refresh_from_db()
    assert first.state == "planned"


def test_payout_that_is_sent_while_an_order_is_made_goes_into_the_next(finance: User) -> None:
    """Without the lock on the batch, the second order takes the first one's number, and its file has both payouts."""
    batch = plan(finance, count=2)
    first, second = batch.payouts.order_by("pk")
    assert send(first.pk)
    results: list[Any] = []
    checkpoint, thread = run_inside("made", lambda: results.extend([send(second.pk), order(batch.pk)]))
    with transaction.atomic():
        assert order(batch.pk) == BankOrder(1, 1, 1, message_of(batch, 1))
        checkpoint("made")
    thread.join()
    assert results == [True, BankOrder(2, 1, 1, message_of(batch, 2))]
    assert list(batch.payouts.order_by("pk").values_list("bank_order", flat=True)) == [1, 2]


@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_small_batches_do_not_pass_the_limit_together(
    finance: User, settings: Any, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """Without the lock, each claim sees nothing of the other, and both are sent without a second person."""
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 4000
    first = plan(finance).payouts.get()
    PayoutAccount.objects.update(number=NEW)  # two payees with one account would be on hold
    second = plan(finance).payouts.get()
    if not is_guarded:
        monkeypatch.setattr("payouts.claims.lock_unapproved", lambda _batch: None)
    results: list[bool] = []
    checkpoint, thread = run_inside("before claim commits", lambda: results.append(send(second.pk)))
    assert send_payout(payout_id=first.pk, now=NOW, checkpoint=checkpoint)
    thread.join()
    assert results == [not is_guarded]
    assert sorted(Payout.objects.values_list("state", flat=True)) == (
        ["planned", "sending"] if is_guarded else ["sending", "sending"]
    )
