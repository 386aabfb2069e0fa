"""A payout that was paid and comes back from the bank: its amount is owed again, in every book."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.history import read_history_line
from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused, approve_proposal
from creators.models import Agency, Creator
from payouts.batches import plan_batch
from payouts.left_out import explain_left_out
from payouts.models import Account, Batch, Payout, PayoutAccount, Posting
from payouts.statements import get_balances
from payouts.tally import tally
from payouts.trace import trace_payout
from payouts.transfers import send_payout
from payouts.verification import find_discrepancies, get_account_totals
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user
from tests.payouts.test_outcomes import make_finance

pytestmark = pytest.mark.django_db

IBAN = "DE89370400440532013000"
MAY_BE_BACK = "the money may have come back"
REPORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{0}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


@pytest.fixture
def finance() -> User:
    return make_finance("finance@example.com")


@pytest.fixture
def as_finance(finance: User) -> Client:
    return confirmed(finance)


@pytest.fixture
def maya() -> Creator:
    creator = make_creator("maya")
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=IBAN)
    return creator


@pytest.fixture
def payout(maya: Creator, as_finance: Client) -> Payout:
    return pay(maya, as_finance)


def confirmed(user: User) -> Client:
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def send(creator: Creator) -> Payout:
    """Send the creator $25.00 for another clip, and what is owed from before."""
    make_published_clip(creator)
    tally(now=timezone.now())
    payout = plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.get()
    assert send_payout(payout_id=payout.pk, now=NOW)
    return payout


def pay(creator: Creator, client: Client) -> Payout:
    payout = send(creator)
    upload(client, payout, f"key,status,reference\n{payout.key},paid,B1\n")
    payout.refresh_from_db()
    assert (payout.state, payout.reference) == ("paid", "B1")
    return payout


def upload(client: Client, payout: Payout, content: str) -> str:
    data = {"results": SimpleUploadedFile("results.csv", content.encode())}
    response = client.post(f"/admin/payouts/batch/{payout.batch_id}/results/", data, follow=True)
    return response.content.decode()


def decide(client: Client, payout: Payout, outcome: str = "returned", **data: str) -> str:
    data = {"outcome": outcome, "reason": "Account closed.", "reference": "", **data}
    response = client.post(f"/admin/payouts/payout/{payout.pk}/outcome/", data, follow=True)
    payout.refresh_from_db()
    return response.content.decode()


def bank_balance() -> int:
    return sum(Account.objects.get(kind="bank").entries.values_list("amount_minor", flat=True))


@pytest.mark.parametrize("state", ["paid", "reconciled"])
def test_returned_payout_is_owed_again_and_paid_by_the_next_batch(
    as_finance: Client, maya: Creator, payout: Payout, state: str
) -> None:
    Payout.objects.filter(pk=payout.pk).update(state=state)
    assert (get_account_totals(maya), bank_balance()) == ({"USD": 0}, 2500)
    page = as_finance.get(f"/admin/payouts/payout/{payout.pk}/change/").content.decode()
    assert "Mark as returned by the bank" in page and "Decide what happened" not in page
    page = as_finance.get(f"/admin/payouts/payout/{payout.pk}/outcome/").content.decode()
    assert "It came back: mark as returned by the bank" in page and "It was not sent" not in page
    assert "Marked." in decide(as_finance, payout)

    assert (payout.state, payout.reference, payout.decision_reason) == ("returned", "B1", "Account closed.")
    assert payout.decided_by is not None and payout.decided_by.email == "finance@example.com"
    posting = Posting.objects.get(kind="payout_return")
    assert (posting.key, posting.gross_minor, posting.creator) == (f"{payout.key}-payout_return", 2500, maya)
    assert (get_account_totals(maya), bank_balance()) == ({"USD": 2500}, 0)
    [balance] = get_balances(creator=maya)
    assert (balance.owed_minor, balance.paid_minor) == (2500, 0)
    assert list(find_discrepancies()) == []
    history = LogEntry.objects.get(object_id=str(payout.pk), content_type__model="payout")
    assert read_history_line(history.change_message) == (
        "Marked. Returned by the bank: the amount returns to the balance. Reason: Account closed."
    )

    assert explain_left_out(currency="USD", now=timezone.now())[0].sentence.startswith("1 payee is owed less")
    assert plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.get().amount_minor == 2500


def test_payee_reads_it_on_the_statement_and_in_an_email(
    as_finance: Client, maya: Creator, payout: Payout, mailoutbox: list[EmailMessage]
) -> None:
    decide(as_finance, payout)
    client, what = client_of(maya.user), "The bank returned a payout, and its amount was added back to your balance"
    page = client.get("/studio/earnings/").content.decode()
    assert what in page and "ending in 3000. Check that the account is right." in page
    rows = csv.DictReader(
        StringIO(client.get(f"/studio/earnings/{timezone.now():%Y-%-m}.csv").content.decode("utf-8-sig"))
    )
    assert [row["net"] for row in rows if row["kind"] == "payout_return"] == ["25.00"]
    [line] = [row for row in client.get("/api/v1/earnings/").json()["results"] if row["kind"] == "payout_return"]
    assert (line["what"], line["net"]["amount_minor"]) == (what, 2500)
    [mail] = [mail for mail in mailoutbox if mail.subject == "Your payout of $25.00 came back"]
    assert mail.to == [maya.user.email] and "/studio/earnings/account/" in mail.body
    assert "but the bank returned it. The money is in your balance again" in mail.body and IBAN not in mail.body


def test_agency_gets_its_share_back(as_finance: Client) -> None:
    agency = Agency.objects.create(slug="north", name="North", user=make_user("north@example.com"))
    payee = Account.objects.create(kind="agency", agency=agency, currency="USD")
    batch = Batch.objects.create(currency="USD", provider="csv", created_at=NOW)
    values: dict[str, Any] = {"batch": batch, "agency": agency, "currency": "USD", "number": IBAN, "amount_minor": 500}
    payout = Payout.objects.create(**values, holder_name="North", state="paid", settled_at=NOW)
    assert "Marked." in decide(as_finance, payout)
    posting = Posting.objects.get(kind="payout_return")
    assert (posting.creator, payee.entries.get().amount_minor, bank_balance()) == (None, 500, -500)


def test_yearly_totals_do_not_count_a_returned_payout(as_finance: Client, maya: Creator, payout: Payout) -> None:
    Payout.objects.filter(pk=payout.pk).update(settled_at=datetime(2026, 5, 1, tzinfo=UTC))

    def paid() -> list[str]:
        content = as_finance.get("/admin/payouts/payout/year/", {"year": "2026"}).content.decode("utf-8-sig")
        return [row["paid"] for row in csv.DictReader(StringIO(content))]

    assert paid() == ["25.00"]
    decide(as_finance, payout)
    assert paid() in ([], ["0.00"])


def test_large_payout_is_returned_by_two_people(
    as_finance: Client, finance: User, maya: Creator, payout: Payout, settings: Settings
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2499
    assert "second person approves it" in decide(as_finance, payout)
    assert (payout.state, get_account_totals(maya)) == ("paid", {"USD": 0})
    proposal = Proposal.objects.get()
    page = as_finance.get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "Returned by the bank: the amount returns to the balance" in page
    for refused in (finance, maya.user):
        with pytest.raises(ProposalRefused):
            approve_proposal(proposal_id=proposal.pk, approved_by=refused, now=NOW)
    assert Payout.objects.get().state == "paid"
    approve_proposal(proposal_id=proposal.pk, approved_by=make_finance("second@example.com"), now=NOW)
    payout.refresh_from_db()
    assert (payout.state, get_account_totals(maya)) == ("returned", {"USD": 2500})
    assert list(find_discrepancies()) == []


@pytest.mark.parametrize(("is_paid", "state"), [(True, "paid"), (False, "failed")])
def test_proposal_from_before_the_upgrade_keeps_its_meaning(
    as_finance: Client, finance: User, maya: Creator, is_paid: bool, state: str
) -> None:
    payout = send(maya)
    changes = {"payout": payout.pk, "is_paid": is_paid, "reference": ""}
    values = {"basis": {"figures": {}, "words": {}}, "reason": "x", "proposed_by": finance, "proposed_at": NOW}
    proposal = Proposal.objects.create(kind="payout_outcome", subject=payout.key, changes=changes, **values)
    page = as_finance.get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert ("Not sent: the amount returns to the balance" in page) is not is_paid
    approve_proposal(proposal_id=proposal.pk, approved_by=make_finance("second@example.com"), now=NOW)
    assert Payout.objects.get().state == state


def test_what_was_not_paid_does_not_come_back(as_finance: Client, maya: Creator, payout: Payout) -> None:
    decide(as_finance, payout)
    for state in ("returned", "failed", "dropped", "planned", "sending", "unknown"):
        Payout.objects.filter(pk=payout.pk).update(state=state)
        assert "Only a payout that was paid can be returned by the bank." in decide(as_finance, payout)
        assert payout.state == state
    assert get_account_totals(maya) == {"USD": 2500}
    assert Posting.objects.filter(kind="payout_return").count() == 1


def test_refused_return_changes_nothing(
    as_finance: Client, as_moderator: Client, maya: Creator, payout: Payout
) -> None:
    maya.user.is_staff = True
    maya.user.save()
    maya.user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    assert "payout to yourself" in decide(confirmed(maya.user), payout)
    decide(as_finance, payout, reason=" ")
    for outcome in ("paid", "not_sent"):
        assert "does not wait for a decision" in decide(as_finance, payout, outcome)
    url, data = f"/admin/payouts/payout/{payout.pk}/outcome/", {"outcome": "returned", "reason": "x"}
    as_moderator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert as_moderator.post(url, data).status_code == 403
    payout.refresh_from_db()
    assert (payout.state, get_account_totals(maya)) == ("paid", {"USD": 0})
    assert not LogEntry.objects.filter(object_id=str(payout.pk), content_type__model="payout").exists()


@pytest.mark.parametrize("form", ["key,status\n{0},failed\n", "key,status\n{0},paid\n{0},failed\n", REPORT])
def test_rejection_of_a_paid_payout_is_listed_with_the_way_to_mark_it(
    as_finance: Client, payout: Payout, form: str
) -> None:
    page = upload(as_finance, payout, form.format(payout.key))
    assert MAY_BE_BACK in page and f'href="/admin/payouts/payout/{payout.pk}/outcome/"' in page
    assert "No payout was settled." in page
    payout.refresh_from_db()
    assert payout.state == "paid" and not Posting.objects.filter(kind="payout_return").exists()
    decide(as_finance, payout)
    page = upload(as_finance, payout, f"key,status\n{payout.key},failed\n")
    assert MAY_BE_BACK not in page and "Its state is: Returned by the bank." in page


@pytest.mark.parametrize("is_late", [False, True])
def test_trace_of_each_payout_adds_up(as_finance: Client, maya: Creator, payout: Payout, is_late: bool) -> None:
    """A payout that pays a returned amount again pays for the clips of the returned one, and no other does."""
    paid = [payout]
    if is_late:
        paid.append(pay(maya, as_finance))
    decide(as_finance, payout)
    paid += [pay(maya, as_finance), pay(maya, as_finance)]
    assert [one.amount_minor for one in paid] == ([2500, 2500, 5000, 2500] if is_late else [2500, 5000, 2500])
    for one in paid:
        assert sum(origin.net_minor for origin in trace_payout(one)) == one.amount_minor
    decide(as_finance, paid[-2])
    last = pay(maya, as_finance)
    origins = trace_payout(last)
    assert (last.amount_minor, len(origins), sum(origin.net_minor for origin in origins)) == (7500, 3, 7500)
    assert list(find_discrepancies()) == []
