"""Payouts that the bank gives no clear answer for: a person decides, above a limit two."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.history import read_history_line
from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused, approve_proposal
from creators.models import Creator
from payouts.banks import BankUnavailable, Transfer, TransferResult, TransferState
from payouts.batches import plan_batch
from payouts.models import Batch, Payout, PayoutAccount
from payouts.tally import tally
from payouts.transfers import find_unanswered_payouts, reconcile_payout, send_payout
from payouts.verification import find_discrepancies, get_account_totals
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


class UnclearBank:
    """Loses the answer to a transfer, and can't tell later whether it was that one."""

    name = "unclear"
    sends = 0

    def send(self, transfer: Transfer) -> TransferResult:
        self.sends += 1
        raise BankUnavailable("No answer.")

    def look_up(self, transfer: Transfer) -> TransferResult:
        return TransferResult(TransferState.UNCLEAR, failure_text="Another amount under this key.")


def make_finance(email: str) -> User:
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("payouts", "accounts")))
    return user


@pytest.fixture
def finance() -> User:
    return make_finance("finance@example.com")


@pytest.fixture
def as_finance(finance: User) -> Client:
    client = client_of(finance)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def maya() -> Creator:
    creator = make_creator("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE89370400440532013000")
    return creator


@pytest.fixture
def payout(finance: User, maya: Creator) -> Payout:
    payout = plan_batch(created_by=finance, currency="USD", now=NOW).payouts.get()
    Batch.objects.update(provider="stripe")
    bank = UnclearBank()
    send_payout(payout_id=payout.pk, now=NOW, bank=bank)
    for hours in (1, 2, 3):
        assert not reconcile_payout(payout_id=payout.pk, now=NOW + timedelta(hours=hours), bank=bank)
    assert bank.sends == 1
    payout.refresh_from_db()
    return payout


def decide(client: Client, payout: Payout, outcome: str, reason: str = "Seen in the dashboard.") -> str:
    data = {"outcome": outcome, "reason": reason, "reference": "tr_7"}
    response = client.post(f"/admin/payouts/payout/{payout.pk}/outcome/", data, follow=True)
    payout.refresh_from_db()
    return response.content.decode()


def test_unclear_payout_waits_for_a_person_and_is_not_sent_again(as_finance: Client, payout: Payout) -> None:
    assert (payout.state, payout.unclear_text) == ("unknown", "Another amount under this key.")
    assert find_unanswered_payouts(NOW + timedelta(days=9)) == []
    page = as_finance.get(f"/admin/payouts/payout/{payout.pk}/change/").content.decode()
    assert "Decide what happened" in page and "Another amount under this key." in page


@pytest.mark.parametrize(
    ("outcome", "state", "balance", "reference"),
    [("paid", "reconciled", 0, "tr_7"), ("not_sent", "failed", 2500, "tr_7")],
)
def test_person_marks_the_payout_with_a_reason(
    as_finance: Client, maya: Creator, payout: Payout, outcome: str, state: str, balance: int, reference: str
) -> None:
    assert payout.state == "unknown"
    decide(as_finance, payout, outcome, reason=" ")
    assert payout.state == "unknown"
    assert "Marked." in decide(as_finance, payout, outcome)
    assert (payout.state, payout.reference, payout.decision_reason) == (state, reference, "Seen in the dashboard.")
    assert payout.decided_by is not None and payout.decided_by.email == "finance@example.com"
    assert get_account_totals(maya) == {"USD": balance}
    assert list(find_discrepancies()) == []
    other = "paid" if outcome == "not_sent" else "not_sent"
    assert "does not wait for a decision" in decide(as_finance, payout, other)
    assert payout.state == state


def test_large_payout_needs_a_second_person(
    as_finance: Client, finance: User, maya: Creator, payout: Payout, settings: Settings
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2499
    assert "second person approves it" in decide(as_finance, payout, "not_sent")
    assert (payout.state, get_account_totals(maya)) == ("unknown", {"USD": 0})
    history = LogEntry.objects.get(object_id=str(payout.pk), change_message__contains="Seen in the dashboard.")
    assert read_history_line(history.change_message) == (
        "Proposed to mark it. Not sent: the amount returns to the balance. Reason: Seen in the dashboard."
    )
    proposal = Proposal.objects.get()
    with pytest.raises(ProposalRefused):
        approve_proposal(proposal_id=proposal.pk, approved_by=finance, now=NOW)
    with pytest.raises(ProposalRefused):
        approve_proposal(proposal_id=proposal.pk, approved_by=maya.user, now=NOW)
    approve_proposal(proposal_id=proposal.pk, approved_by=make_finance("second@example.com"), now=NOW)
    payout.refresh_from_db()
    assert (payout.state, get_account_totals(maya)) == ("failed", {"USD": 2500})


def test_payee_does_not_decide_on_their_own_payout(maya: Creator, payout: Payout) -> None:
    maya.user.is_staff = True
    maya.user.save()
    maya.user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    client = client_of(maya.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "payout to yourself" in decide(client, payout, "not_sent")
    assert payout.state == "unknown"


def test_payout_in_the_banks_file_can_be_marked_but_a_fresh_call_cannot(
    as_finance: Client, finance: User, maya: Creator
) -> None:
    payout = plan_batch(created_by=finance, currency="USD", now=timezone.now()).payouts.get()
    assert "does not wait" in decide(as_finance, payout, "not_sent")
    send_payout(payout_id=payout.pk, now=timezone.now())
    Batch.objects.update(provider="stripe")
    assert "does not wait" in decide(as_finance, payout, "not_sent")
    assert payout.state == "sending"
    Batch.objects.update(provider="csv")
    assert "Marked." in decide(as_finance, payout, "not_sent")
    assert (payout.state, get_account_totals(maya)) == ("failed", {"USD": 2500})


def test_staff_without_permission_or_fresh_password_decide_nothing(
    as_moderator: Client, finance: User, payout: Payout
) -> None:
    url = f"/admin/payouts/payout/{payout.pk}/outcome/"
    data = {"outcome": "paid", "reason": "x"}
    assert "reauthenticate" in client_of(finance).post(url, data).headers["Location"]
    as_moderator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert as_moderator.post(url, data).status_code == 403
    payout.refresh_from_db()
    assert payout.state == "unknown"
