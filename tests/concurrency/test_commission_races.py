"""Commissions are held, refused and released while they mature: what is booked was not refused, and nothing is lost."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts import ledger
from payouts import tally as tally_module
from payouts.ledger import PostingDraft, book_posting, get_account, reverse_posting
from payouts.models import AccountKind, Entry, Posting, PostingKind
from payouts.tally import tally
from payouts.verification import find_discrepancies
from shop.commission_holds import CommissionDecisionRefused, decide_hold
from shop.models import Address, CommissionHold, OrderLine
from shop.refunds import plan_refund
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import make_creator, make_user
from tests.shop.related import ELSEWHERE, make_earning_clip, order_through

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 12


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya")


def make_due_lines(maya: Creator) -> list[OrderLine]:
    """Return lines whose commissions are due."""
    clip = make_earning_clip(maya)
    lines = [order_through(clip) for _index in range(LINES)]
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(minutes=1))
    return lines


def book_by_read_then_insert(line_id: int, all_have_read: Meeting) -> None:
    """Book without the guard: read the commission, then write the posting."""
    line = OrderLine.objects.select_related("creator", "order").get(pk=line_id)
    all_have_read.wait()
    if line.commission_minor:
        amounts = {
            get_account(AccountKind.CREATOR, "USD", creator=line.creator): line.commission_minor,
            get_account(AccountKind.COMMISSIONS, "USD"): -line.commission_minor,
        }
        draft = PostingDraft(
            key=f"commission-{line.pk}",
            kind=PostingKind.COMMISSION,
            currency="USD",
            gross_minor=line.commission_minor,
            amounts=amounts,
            occurred_at=timezone.now(),
            creator=line.creator,
            sources={"order_line": line},
        )
        book_posting(draft, now=timezone.now())


def refuse_by_update(line_id: int, all_have_read: Meeting) -> None:
    all_have_read.wait()
    OrderLine.objects.filter(pk=line_id).update(commission_minor=0, agency_minor=0, unpaid_reason="related_buyer")


def decide(hold_id: int, staff: User, *, is_released: bool) -> bool:
    try:
        decide_hold(hold_id=hold_id, is_released=is_released, decided_by=staff, reason="Looked", now=timezone.now())
    except CommissionDecisionRefused:
        return False
    return True


def test_without_the_guard_a_commission_is_booked_that_was_refused_meanwhile(maya: Creator) -> None:
    lines = make_due_lines(maya)
    all_have_read = Meeting(2 * LINES)
    unguarded = (book_by_read_then_insert, refuse_by_update)
    calls = [partial(call, line.pk, all_have_read) for line in lines for call in unguarded]
    outcomes = run_at_once(calls)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert {found.check for found in find_discrepancies()} >= {
        "booked commissions are the commissions of paid order lines"
    }


def test_decisions_while_lines_mature_book_exactly_what_was_released(maya: Creator) -> None:
    """Of two people who decide on a commission at once, the first decides, except that a refusal can be released."""
    lines = make_due_lines(maya)
    Address.objects.create(user=maya.user, **ELSEWHERE)
    tally(now=timezone.now())
    holds = list(CommissionHold.objects.open().order_by("pk"))
    assert (len(holds), Posting.objects.filter(kind="commission").count()) == (LINES, 0)
    staff = make_user(is_staff=True)
    decisions = [
        partial(decide, hold.pk, staff, is_released=is_released) for hold in holds for is_released in (True, False)
    ]
    outcomes = run_at_once([*decisions, *(partial(tally, now=timezone.now()) for _index in range(8))])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    tally(now=timezone.now())
    booked = set(Posting.objects.filter(kind="commission").values_list("order_line", flat=True))
    released = set(CommissionHold.objects.filter(state="released").values_list("line", flat=True))
    assert booked == released and CommissionHold.objects.open().count() == 0
    assert all(line.pk in released for line in lines if OrderLine.objects.get(pk=line.pk).commission_minor)
    assert list(find_discrepancies()) == []


def test_evidence_that_arrives_while_lines_mature_stops_each_or_comes_too_late(maya: Creator) -> None:
    lines = make_due_lines(maya)
    save = partial(Address.objects.create, user=maya.user, **ELSEWHERE)
    outcomes = run_at_once([save, *(partial(tally, now=timezone.now()) for _index in range(8))])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    tally(now=timezone.now())
    booked = set(Posting.objects.filter(kind="commission").values_list("order_line", flat=True))
    held = set(CommissionHold.objects.open().values_list("line", flat=True))
    assert booked | held == {line.pk for line in lines} and not booked & held
    assert list(find_discrepancies()) == []


@pytest.mark.parametrize("is_guarded", [True, False])
def test_return_and_reversal_at_once_take_a_commission_back_once(
    maya: Creator, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    line, now = make_due_lines(maya)[0], timezone.now()
    tally(now=now)
    plan_refund(order_id=line.order_id, created_by=None, now=now)
    both_have_read = Meeting(2, patience_s=1) if is_guarded else Meeting(2)
    write, book = ledger._write, tally_module._book

    def write_late(*arguments: Any) -> Posting:
        both_have_read.wait()
        return write(*arguments)

    def book_early(due: str, *arguments: Any) -> int:
        booked = book(due, *arguments)
        if due == tally_module._RETURNS:
            both_have_read.wait()
        return booked

    monkeypatch.setattr(ledger, "_write", write_late)
    monkeypatch.setattr(tally_module, "_book", book_early)
    if not is_guarded:
        monkeypatch.setattr(ledger, "lock_returns", lambda: None)
        monkeypatch.setattr(tally_module, "lock_returns", lambda: None)
    posting = Posting.objects.get(kind="commission", order_line=line)
    reverse = partial(reverse_posting, posting=posting, created_by=make_user(is_staff=True), reason="Wrong", now=now)
    outcomes = run_at_once([reverse, partial(tally, now=now)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    entries = Entry.objects.filter(posting__order_line=line, account__creator=maya)
    assert (entries.aggregate(total=Sum("amount_minor"))["total"] == 0) is is_guarded
