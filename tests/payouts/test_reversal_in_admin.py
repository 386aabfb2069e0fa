"""Finance reverses a fee or a commission in Django admin: with a reason, after confirmation, once."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Proposal, User
from accounts.proposals import approve_proposal
from creators.models import Creator
from payouts.models import Entry, Posting
from payouts.tally import tally
from payouts.verification import get_account_totals
from tests.conftest import client_of, make_staff
from tests.factories import make_published_clip, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> User:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    return user


@pytest.fixture
def as_finance(finance: User) -> Client:
    return client_of(finance)


@pytest.fixture
def fee(creator: Creator) -> Posting:
    make_published_clip(creator)
    tally(now=timezone.now())
    return Posting.objects.get(kind="fee")


def url_of(posting: Posting, page: str) -> str:
    return f"/admin/payouts/posting/{posting.pk}/{page}/"


def approve() -> None:
    """Let a second person approve the proposal."""
    second = make_staff("second@example.com", "payouts")
    approve_proposal(proposal_id=Proposal.objects.get().pk, approved_by=second, now=timezone.now())


def assert_nothing_changed() -> None:
    assert (Posting.objects.count(), Entry.objects.count(), LogEntry.objects.count()) == (1, 2, 0)


def test_fee_is_reversed_with_a_reason(as_finance: Client, finance: User, fee: Posting, creator: Creator) -> None:
    url = url_of(fee, "reverse")
    assert url in as_finance.get(url_of(fee, "change")).content.decode()
    page = as_finance.get(url).content.decode()
    assert f"fee-{fee.slot_id}" in page and "$25.00" in page and f"{creator}" in page
    assert_nothing_changed()

    response = as_finance.post(url, {"reason": "The clip was copied."}, follow=True)
    assert "Nothing changes until a second person approves it." in response.content.decode()
    assert Posting.objects.count() == 1
    approve()
    reversal = Posting.objects.get(kind="reversal")
    assert (reversal.reverses, reversal.gross_minor, reversal.creator) == (fee, -2500, creator)
    assert (reversal.created_by, reversal.reason) == (finance, "The clip was copied.")
    assert [entry.user for entry in LogEntry.objects.filter(object_id=str(fee.pk))] == [finance]
    assert get_account_totals(creator) == {"USD": 0}
    statement = client_of(creator.user).get("/studio/earnings/").content.decode()
    assert "The clip was copied." in statement
    call_command("verify_ledger")


def test_posting_is_reversed_only_once(as_finance: Client, fee: Posting, creator: Creator) -> None:
    as_finance.post(url_of(fee, "reverse"), {"reason": "The clip was copied."})
    approve()
    response = as_finance.post(url_of(fee, "reverse"), {"reason": "Once more."}, follow=True)
    assert "This posting has already been reversed." in response.content.decode()
    assert Posting.objects.get(kind="reversal").reason == "The clip was copied."
    assert (LogEntry.objects.count(), get_account_totals(creator)) == (1, {"USD": 0})
    assert url_of(fee, "reverse") not in as_finance.get(url_of(fee, "change")).content.decode()


def test_reversal_itself_cannot_be_reversed(as_finance: Client, fee: Posting) -> None:
    as_finance.post(url_of(fee, "reverse"), {"reason": "The clip was copied."})
    approve()
    reversal = Posting.objects.get(kind="reversal")
    response = as_finance.post(url_of(reversal, "reverse"), {"reason": "It was not."}, follow=True)
    assert "Only fees and commissions can be reversed." in response.content.decode()
    assert Posting.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_reversal_without_a_valid_reason_is_refused(as_finance: Client, fee: Posting, reason: str) -> None:
    assert as_finance.post(url_of(fee, "reverse"), {"reason": reason}).status_code == 422
    assert_nothing_changed()


def test_staff_without_the_permission_cannot_reverse(as_moderator: Client, finance: User, fee: Posting) -> None:
    finance.user_permissions.remove(Permission.objects.get(codename="reverse_posting"))
    for client in (as_moderator, client_of(User.objects.get(pk=finance.pk))):
        assert client.get(url_of(fee, "reverse")).status_code == 403
        assert client.post(url_of(fee, "reverse"), {"reason": "The clip was copied."}).status_code == 403
    assert_nothing_changed()
    page = client_of(User.objects.get(pk=finance.pk)).get(url_of(fee, "change")).content.decode()
    assert url_of(fee, "reverse") not in page
