"""The ledger balances, books each key once, and refuses changes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from creators.models import Campaign, Creator
from creators.slots import FINAL_AFTER
from payouts.ledger import (
    NotReversible,
    PostingDraft,
    Unbalanced,
    book_posting,
    get_account,
    get_payable_balance,
    reverse_posting,
)
from payouts.models import Account, AccountKind, Entry, Posting, PostingKind
from payouts.tally import TallyCounts, tally
from tests.factories import NOW, make_creator, make_published_clip

pytestmark = pytest.mark.django_db


def book_fee(creator: Creator, amount_minor: int = 2500, key: str = "fee-x") -> Posting:
    amounts = {
        get_account(AccountKind.CREATOR, "USD", creator=creator): amount_minor,
        get_account(AccountKind.FEES, "USD"): -amount_minor,
    }
    return book_posting(PostingDraft(key, PostingKind.FEE, "USD", amount_minor, amounts, NOW, creator=creator), now=NOW)


def test_same_key_is_booked_once(creator: Creator) -> None:
    first = book_fee(creator)
    assert [book_fee(creator).pk for _index in range(3)] == [first.pk] * 3
    assert get_payable_balance(get_account(AccountKind.CREATOR, "USD", creator=creator)) == 2500
    assert Entry.objects.count() == 2


def test_unbalanced_posting_is_not_written(creator: Creator) -> None:
    account = get_account(AccountKind.CREATOR, "USD", creator=creator)
    with pytest.raises(Unbalanced):
        book_posting(PostingDraft("x", PostingKind.FEE, "USD", 1, {account: 1}, NOW), now=NOW)
    assert Posting.objects.count() == 0


def add_an_entry(posting: Posting, account: Account) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        Entry.objects.create(posting=posting, account=account, amount_minor=1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_refuses_an_unbalanced_posting(creator: Creator) -> None:
    posting = book_fee(creator)
    account = get_account(AccountKind.CREATOR, "USD", creator=creator)
    with pytest.raises(IntegrityError, match="does not balance"):
        add_an_entry(posting, account)
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("table", ["payouts_posting", "payouts_entry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_database_refuses_to_change_the_ledger(creator: Creator, table: str, statement: str) -> None:
    book_fee(creator)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert (Posting.objects.count(), Entry.objects.count()) == (1, 2)


def test_earned_slot_is_booked_once_however_often_it_is_tallied(creator: Creator) -> None:
    clip = make_published_clip(creator)
    runs = [tally(now=timezone.now()) for _index in range(3)]
    assert runs == [TallyCounts(1, 0, 0), TallyCounts(0, 0, 0), TallyCounts(0, 0, 0)]
    posting = Posting.objects.get()
    assert posting.slot is not None and posting.slot.clip_code == clip.code
    balances = {account.kind: get_payable_balance(account) for account in Account.objects.all()}
    assert balances == {"creator": 2500, "fees": -2500}


def test_reversal_takes_back_exactly_what_was_booked_once(creator: Creator, moderator: User) -> None:
    make_published_clip(creator)
    tally(now=timezone.now())
    posting = Posting.objects.get()
    reverse_posting(posting=posting, created_by=moderator, reason="The clip was copied.", now=NOW)
    with pytest.raises(NotReversible, match="already"):
        reverse_posting(posting=posting, created_by=moderator, reason="The clip was copied.", now=NOW)
    assert Posting.objects.filter(kind="reversal").count() == 1
    assert get_payable_balance(get_account(AccountKind.CREATOR, "USD", creator=creator)) == 0
    with pytest.raises(NotReversible, match="Only fees and commissions"):
        reverse_posting(posting=Posting.objects.get(kind="reversal"), created_by=moderator, reason="x", now=NOW)


def test_reversal_does_not_free_the_slot(creator: Creator, moderator: User) -> None:
    clip = make_published_clip(creator)
    tally(now=timezone.now())
    reverse_posting(posting=Posting.objects.get(), created_by=moderator, reason="Copied.", now=NOW)
    assert clip.enrolment is not None
    campaign = Campaign.objects.with_counts().get(pk=clip.enrolment.campaign_id)
    assert (campaign.taken_count, campaign.held_count, campaign.earned_count) == (1, 0, 1)


def test_creators_have_separate_accounts() -> None:
    for handle in ("one", "two"):
        make_published_clip(make_creator(handle))
    tally(now=timezone.now())
    assert [get_payable_balance(account) for account in Account.objects.of_payees()] == [2500, 2500]


def test_approval_is_not_booked_within_the_grace_period() -> None:
    approved_at = timezone.now()
    make_published_clip(now=approved_at)
    assert tally(now=approved_at + FINAL_AFTER - timedelta(seconds=1)).fees == 0
    assert tally(now=approved_at + FINAL_AFTER).fees == 1
