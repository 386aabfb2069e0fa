"""Payouts from balance to bank: planning, approval, holds, and every kind of result."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.installation import get_installation_id
from accounts.models import User
from creators.models import Creator
from payouts.approvals import BatchRefused
from payouts.bank_orders import build_bank_file, make_bank_order
from payouts.bank_results import import_bank_results
from payouts.banks import BankUnavailable, Transfer, TransferResult, TransferState
from payouts.banks.bank_answers import BankFileUnreadable
from payouts.batches import approve_batch, find_sendable_payouts, plan_batch
from payouts.fraud import ReleaseRefused, place_holds, release_hold
from payouts.ledger import PostingDraft, book_posting, get_account, reverse_posting
from payouts.models import AccountKind, Batch, Hold, Payout, PayoutAccount, Posting, PostingKind
from payouts.tally import tally
from payouts.trace import trace_payout
from payouts.transfers import build_transfer, find_unanswered_payouts, reconcile_payout, send_payout, settle_payout
from payouts.verification import find_discrepancies, get_account_totals
from tests.factories import NOW, make_creator, make_published_clip, make_user
from tests.payouts.stand_in_bank import StandInBank

pytestmark = pytest.mark.django_db


def make_payable(handle: str, clips: int = 1, number: str = "") -> Creator:
    creator = make_creator(handle)
    for _index in range(clips):
        make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name=handle.title(), number=number or f"DE00 {handle}")
    return creator


@pytest.fixture
def finance() -> User:
    return make_user("finance@example.com", is_staff=True)


def plan(finance: User) -> Batch:
    return plan_batch(created_by=finance, currency="USD", now=NOW)


def test_payee_who_is_owed_the_minimum_is_planned_once(finance: User, settings: Any) -> None:
    make_payable("maya")
    make_published_clip(make_creator("noaccount"))
    tally(now=timezone.now())
    batch = plan(finance)
    assert [(p.creator.handle, p.amount_minor) for p in batch.payouts.all() if p.creator] == [("maya", 2500)]
    with pytest.raises(BatchRefused, match="can be paid"):
        plan(finance)
    assert (Batch.objects.count(), Payout.objects.count()) == (1, 1)
    settings.PAYOUT_MINIMUM_MINOR = 2501
    make_payable("small")
    with pytest.raises(BatchRefused):
        plan(finance)


def test_bank_file_is_written_and_its_results_are_imported(finance: User) -> None:
    maya, noor = make_payable("maya"), make_payable("noor", clips=2)
    batch = plan(finance)
    for payout_id in find_sendable_payouts(batch=batch):
        assert send_payout(payout_id=payout_id, now=NOW)
    first, second = batch.payouts.order_by("pk")
    file = build_bank_file(batch=batch, number=make_bank_order(batch=batch).number)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.bank_key == f"{get_installation_id()}-{first.key}"
    assert file.splitlines()[1:] == [
        f"{first.bank_key},Maya,DE00 maya,25.00,2500,USD",
        f"{second.bank_key},Noor,DE00 noor,50.00,5000,USD",
    ]
    assert get_account_totals(maya) == get_account_totals(noor) == {"USD": 0}
    answers = f"key,status,reference,reason\n{first.bank_key},paid,B1,\n{second.bank_key},failed,,No such account\n"
    imports = [import_bank_results(batch=batch, content=answers.encode(), user=finance, now=NOW) for _index in range(3)]
    assert [(one.settled, len(one.unmatched)) for one in imports] == [(2, 0), (0, 2), (0, 2)]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reference, second.state, second.failure_text) == (
        "paid",
        "B1",
        "failed",
        "No such account",
    )
    assert (get_account_totals(maya), get_account_totals(noor)) == ({"USD": 0}, {"USD": 5000})
    assert list(find_discrepancies()) == []


@pytest.mark.parametrize(("provider", "amount_minor"), [("csv", 12_345), ("stripe", 12_340)])
def test_payout_is_a_multiple_of_what_the_bank_can_send(
    finance: User, settings: Any, provider: str, amount_minor: int
) -> None:
    settings.PAYOUT_PROVIDER, settings.STRIPE_SECRET_KEY = provider, "sk_test_any"
    maya = make_payable("maya")
    amounts = {
        get_account(AccountKind.CREATOR, "KWD", creator=maya): 12_345,
        get_account(AccountKind.COMMISSIONS, "KWD"): -12_345,
    }
    draft = PostingDraft("k", PostingKind.COMMISSION, "KWD", 12_345, amounts, NOW, creator=maya)
    book_posting(draft, now=NOW)
    batch = plan_batch(created_by=finance, currency="KWD", now=NOW)
    assert batch.payouts.get().amount_minor == amount_minor


def test_unreadable_bank_file_settles_nothing(finance: User) -> None:
    make_payable("maya")
    batch = plan(finance)
    send_payout(payout_id=batch.payouts.get().pk, now=NOW)
    for text in ("nonsense", "", "<html></html>", "<!DOCTYPE x><x/>"):
        with pytest.raises(BankFileUnreadable):
            import_bank_results(batch=batch, content=text.encode(), user=finance, now=NOW)
    assert batch.payouts.get().state == "sending"


def test_payout_is_sent_once_however_often_it_is_requested(finance: User, tmp_path: Path) -> None:
    make_payable("maya")
    bank = StandInBank(tmp_path / "bank")
    payout = plan(finance).payouts.get()
    assert [send_payout(payout_id=payout.pk, now=NOW, bank=bank) for _index in range(10)].count(True) == 1
    assert (bank.transfers(), bank.sends()) == ({payout.key: 2500}, 1)


class SlowBank(StandInBank):
    """Loses its first answer, and receives that transfer only when `deliver` is called."""

    late: Transfer | None = None

    def send(self, transfer: Transfer) -> TransferResult:
        if self.late is None:
            self.late = transfer
            raise BankUnavailable("No answer.")
        return super().send(transfer)

    def deliver(self) -> None:
        assert self.late is not None
        self.move_money(self.late)


@pytest.fixture
def slow_bank(tmp_path: Path) -> SlowBank:
    return SlowBank(tmp_path / "bank")


def test_unanswered_payout_is_looked_up_and_not_resent(finance: User, slow_bank: SlowBank) -> None:
    maya = make_payable("maya")
    payout = plan(finance).payouts.get()
    send_payout(payout_id=payout.pk, now=NOW, bank=slow_bank)
    payout.refresh_from_db()
    assert (payout.state, get_account_totals(maya)) == ("unknown", {"USD": 0})
    assert not send_payout(payout_id=payout.pk, now=NOW, bank=slow_bank)
    slow_bank.deliver()
    reconcile_payout(payout_id=payout.pk, now=NOW, bank=slow_bank)
    payout.refresh_from_db()
    assert (payout.state, get_account_totals(maya), slow_bank.sends()) == ("reconciled", {"USD": 0}, 1)
    assert list(find_discrepancies()) == []


def test_late_transfer_is_paid_twice_without_the_guard(finance: User, slow_bank: SlowBank) -> None:
    """Take an unknown key for a failure at once: the next batch pays the same money under another key."""
    make_payable("maya")
    first = plan(finance).payouts.get()
    send_payout(payout_id=first.pk, now=NOW, bank=slow_bank)
    assert slow_bank.look_up(build_transfer(first)).state == TransferState.NOT_FOUND
    settle_payout(payout_id=first.pk, result=TransferResult(TransferState.FAILED), now=NOW)
    second = plan(finance).payouts.get()
    send_payout(payout_id=second.pk, now=NOW, bank=slow_bank)
    slow_bank.deliver()
    assert slow_bank.transfers() == {first.key: 2500, second.key: 2500}


def test_payout_unknown_to_the_bank_stays_open_and_is_resent_under_its_key(
    finance: User, slow_bank: SlowBank, settings: Any
) -> None:
    maya = make_payable("maya")
    payout = plan(finance).payouts.get()
    send_payout(payout_id=payout.pk, now=NOW, bank=slow_bank)
    grace_period = timedelta(minutes=settings.PAYOUT_UNSEEN_MINUTES)
    for elapsed in (timedelta(0), grace_period - timedelta(seconds=1)):
        assert not reconcile_payout(payout_id=payout.pk, now=NOW + elapsed, bank=slow_bank)
        with pytest.raises(BatchRefused):
            plan(finance)
    assert (Payout.objects.get().state, get_account_totals(maya)) == ("unknown", {"USD": 0})
    assert reconcile_payout(payout_id=payout.pk, now=NOW + grace_period, bank=slow_bank)
    slow_bank.deliver()
    assert not reconcile_payout(payout_id=payout.pk, now=NOW + grace_period, bank=slow_bank)
    assert (Payout.objects.get().state, get_account_totals(maya)) == ("paid", {"USD": 0})
    assert (slow_bank.transfers(), slow_bank.sends()) == ({payout.key: 2500}, 1)
    assert list(find_discrepancies()) == []


def test_payout_on_hold_is_not_resent(finance: User, slow_bank: SlowBank) -> None:
    maya = make_payable("maya")
    payout = plan(finance).payouts.get()
    send_payout(payout_id=payout.pk, now=NOW, bank=slow_bank)
    Hold.objects.create(creator=maya, kind="same_tax_id", subject="x", placed_at=NOW)
    assert not reconcile_payout(payout_id=payout.pk, now=NOW + timedelta(days=1), bank=slow_bank)
    assert (Payout.objects.get().state, slow_bank.transfers()) == ("unknown", {})


def test_unanswered_payout_is_found_by_the_sweep(finance: User) -> None:
    make_payable("maya")
    payout = plan(finance).payouts.get()
    Batch.objects.update(provider="stripe")
    Payout.objects.update(state="sending", claimed_at=NOW)
    assert find_unanswered_payouts(NOW + timedelta(minutes=9)) == []
    assert find_unanswered_payouts(NOW + timedelta(minutes=11)) == [payout.pk]


def test_large_batch_needs_a_second_person(finance: User, settings: Any) -> None:
    maya = make_payable("maya")
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2499
    batch = plan(finance)
    with pytest.raises(BatchRefused, match="second person"):
        find_sendable_payouts(batch=batch)
    with pytest.raises(BatchRefused, match="that you planned"):
        approve_batch(batch=batch, approved_by=finance, now=NOW)
    with pytest.raises(BatchRefused, match="pays you"):
        approve_batch(batch=batch, approved_by=maya.user, now=NOW)
    approve_batch(batch=batch, approved_by=make_user("second@example.com"), now=NOW)
    with pytest.raises(BatchRefused, match="already"):
        approve_batch(batch=batch, approved_by=make_user("third@example.com"), now=NOW)
    batch.refresh_from_db()
    assert len(find_sendable_payouts(batch=batch)) == 1


def test_same_account_in_another_spelling_is_held_until_released(finance: User) -> None:
    make_payable("maya", number="DE12 3456")
    make_payable("twin", number="de-123456")
    assert [p.creator.handle for p in plan(finance).payouts.all() if p.creator] == ["maya"]
    hold = Hold.objects.active().get()
    assert (hold.creator.handle, hold.kind) == ("twin", "same_account")
    with pytest.raises(ReleaseRefused):
        release_hold(hold=hold, released_by=finance, reason=" ", now=NOW)
    with pytest.raises(ReleaseRefused):
        release_hold(hold=hold, released_by=hold.creator.user, reason="It is fine", now=NOW)
    release_hold(hold=hold, released_by=finance, reason="A couple with one account", now=NOW)
    assert [p.creator.handle for p in plan(finance).payouts.all() if p.creator] == ["twin"]


def test_same_tax_id_is_held(finance: User) -> None:
    for handle in ("maya", "twin"):
        make_payable(handle)
    PayoutAccount.objects.update(tax_id="123")
    assert place_holds(now=NOW) == 1
    assert place_holds(now=NOW) == 0


def test_copied_file_is_held(finance: User) -> None:
    first, second = make_published_clip(make_creator("maya")), make_published_clip(make_creator("copy"))
    assert first.source is not None and second.source is not None
    second.source.sha256 = first.source.sha256
    second.source.save()
    place_holds(now=NOW)
    hold = Hold.objects.get()
    assert (hold.creator.handle, hold.evidence["clip"], hold.evidence["same_file_as"]) == (
        "copy",
        second.code,
        first.code,
    )


def test_every_paid_cent_is_traced_to_clip_revision_and_approver(finance: User, django_assert_num_queries: Any) -> None:
    maya = make_payable("maya", clips=2)
    payout = plan(finance).payouts.get()
    send_payout(payout_id=payout.pk, now=NOW)
    make_published_clip(maya)
    tally(now=timezone.now())
    with django_assert_num_queries(1):
        origins = trace_payout(payout)
    assert sum(origin.net_minor for origin in origins) == payout.amount_minor == 5000
    assert {origin.clip_code for origin in origins} == set(maya.clips.order_by("pk").values_list("code", flat=True)[:2])
    assert {(origin.revision_number, origin.approver) for origin in origins} == {(1, "desk@example.com")}


def test_reversal_after_payout_is_offset_by_later_earnings(finance: User) -> None:
    maya = make_payable("maya")
    first = plan(finance).payouts.get()
    send_payout(payout_id=first.pk, now=NOW)
    settle_payout(payout_id=first.pk, result=TransferResult(TransferState.PAID), now=NOW)
    reverse_posting(posting=Posting.objects.get(kind="fee"), created_by=finance, reason="Copied.", now=NOW)
    owed = [get_account_totals(maya)["USD"]]
    for _index in range(2):
        with pytest.raises(BatchRefused):
            plan(finance)
        make_published_clip(maya)
        tally(now=timezone.now())
        owed.append(get_account_totals(maya)["USD"])
    assert owed == [-2500, 0, 2500]
    second = plan(finance).payouts.get()
    assert second.amount_minor == sum(origin.net_minor for origin in trace_payout(second)) == 2500
    assert list(find_discrepancies()) == []


def test_sent_payout_is_a_line_of_the_statement(finance: User) -> None:
    maya = make_payable("maya")
    send_payout(payout_id=plan(finance).payouts.get().pk, now=NOW)
    lines = maya.statement_lines.order_by("posting").values_list("kind", "net_minor")
    assert list(lines) == [("fee", 2500), ("payout", -2500)]
