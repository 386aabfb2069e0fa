"""Proposals of payout accounts and refunds: who is told, what has changed meanwhile, and what slips under no limit."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Proposal, User
from creators.models import Creator
from payouts.models import PayoutAccount
from payouts.tally import tally
from shop.models import Order, Refund
from tests.conftest import client_of
from tests.factories import PASSWORD, make_published_clip
from tests.feedsite.proposers import IBAN, buy, make_member
from tests.feedsite.test_four_eyes import decide, propose
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def low_limit(settings: Settings) -> None:
    settings.REFUND_APPROVAL_ABOVE_MINOR = 1000


@pytest.fixture
def first() -> User:
    return make_member("first@example.com", "Finance", "Campaign manager", "Catalogue manager")


@pytest.fixture
def second() -> User:
    return make_member("second@example.com", "Finance", "Campaign manager", "Catalogue manager")


def test_payee_cannot_approve_their_own_account(first: User, second: User, creator: Creator) -> None:
    proposal = propose("payout_account", first, creator)
    creator.user = second
    creator.save()
    assert "pays you" in decide(second, proposal)
    assert (proposal.state, PayoutAccount.objects.count()) == ("proposed", 0)


def test_changed_account_is_told_to_old_and_new_addresses_and_payouts_wait(
    first: User,
    second: User,
    creator: Creator,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    old = creator.user.email
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE00OLD", owner_email=old)
    creator.user.email = "thief@example.com"
    creator.user.save()
    proposal = propose("payout_account", first, creator)
    with django_capture_on_commit_callbacks(execute=True):
        decide(second, proposal)
    told = [mail for mail in mailoutbox if mail.subject == "Your payout account was changed"]
    assert {address for mail in told for address in mail.to} == {old, "thief@example.com"}
    assert all(IBAN not in mail.body for mail in told)
    account = PayoutAccount.objects.get()
    assert account.number == IBAN and account.payouts_from is not None
    assert 6 <= (account.payouts_from - timezone.now()).days <= 7
    assert IBAN not in str(proposal.changes)
    make_published_clip(creator)
    tally(now=timezone.now())
    client = client_of(first)
    page = client.post("/admin/payouts/batch/plan/", {"currency": "USD"}, follow=True).content.decode()
    assert "1 payee waits after a change of the payout account." in page
    PayoutAccount.objects.update(payouts_from=timezone.now())
    client.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    assert creator.payouts.get().number == IBAN


def test_account_that_its_owner_changed_meanwhile_is_not_replaced(first: User, second: User, creator: Creator) -> None:
    proposal = propose("payout_account", first, creator)
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE00OWN")
    assert "was changed after this was proposed" in decide(second, proposal)
    assert (proposal.state, PayoutAccount.objects.get().number) == ("proposed", "DE00OWN")


def test_order_that_was_refunded_meanwhile_is_not_refunded_on_the_shown_figures(
    first: User, second: User, settings: Settings
) -> None:
    settings.REFUND_APPROVAL_ABOVE_MINOR = 2500
    order, client = buy(5), client_of(first)
    url, line = f"/admin/shop/order/{order.pk}/refund/", order.lines.get()
    client.post(url, read_form(client.post(url, {f"line-{line.pk}": "2", "reason": "Broken."}).content.decode()))
    client.post(url, read_form(client.post(url, {f"line-{line.pk}": "1", "reason": "Broken."}).content.decode()))
    assert (Refund.objects.count(), Proposal.objects.count()) == (1, 1)
    proposal = Proposal.objects.get()
    assert "figures shown here changed" in decide(second, proposal)
    page = client_of(second).get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "$39.98" in page and 'name="approve"' not in page
    assert (proposal.state, Refund.objects.count()) == ("proposed", 1)


def test_refund_that_waits_is_shown_to_the_next_person_and_not_proposed_twice(first: User, second: User) -> None:
    order = buy(5)
    url, line = f"/admin/shop/order/{order.pk}/refund/", order.lines.get()
    what = {f"line-{line.pk}": "2", "reason": "Broken."}
    assert "waits for a second person" not in client_of(first).get(url).content.decode()
    client_of(first).post(url, read_form(client_of(first).post(url, what).content.decode()))
    proposal = Proposal.objects.get()
    shown = f"/admin/accounts/proposal/{proposal.pk}/change/"
    for page in (url, f"/admin/shop/order/{order.pk}/change/"):
        assert shown in client_of(second).get(page).content.decode()
    asked = client_of(second).post(url, what).content.decode()
    assert "waits for a second person" in asked
    answer = client_of(second).post(url, read_form(asked))
    assert (answer.status_code, Proposal.objects.count(), Refund.objects.count()) == (422, 1, 0)
    assert "already waiting for a second person" in answer.content.decode()


def test_staff_have_no_other_way_to_an_account(first: User, admin_client: Client, creator: Creator) -> None:
    account = PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE00OLD")
    url = f"/admin/payouts/payoutaccount/{account.pk}"
    for client in (client_of(first), admin_client):
        assert client.post(f"{url}/change/", {"holder_name": "Me", "number": IBAN}).status_code == 403
        assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
        assert client.post("/admin/payouts/payoutaccount/add/", {"number": IBAN}).status_code == 403
        assert "/reauthenticate/" in client.get("/admin/payouts/payoutaccount/propose/").headers["Location"]
        assert client.get("/admin/account/emailaddress/add/").status_code == 403
    assert PayoutAccount.objects.get().number == "DE00OLD"


@pytest.mark.parametrize("number", ["DE88370400440532013000", "12", ""])
def test_invalid_account_is_refused_before_it_is_proposed(first: User, creator: Creator, number: str) -> None:
    client = client_of(first)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = {"creator": creator.pk, "holder_name": "Typed name", "number": number, "reason": "Typed reason"}
    response = client.post("/admin/payouts/payoutaccount/propose/", data)
    page = response.content.decode()
    assert response.status_code == 422 and "Typed name" in page and "Typed reason" in page
    assert Proposal.objects.count() == 0


def test_one_open_proposal_for_each_subject(first: User, second: User, creator: Creator) -> None:
    propose("payout_account", first, creator)
    client = client_of(second)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = {"creator": creator.pk, "holder_name": "Maya", "number": "DE02120300000000202051", "reason": "Other"}
    assert "already waiting" in client.post("/admin/payouts/payoutaccount/propose/", data).content.decode()
    assert Proposal.objects.count() == 1


def test_parts_do_not_slip_under_the_limit(first: User, settings: Settings) -> None:
    settings.REFUND_APPROVAL_ABOVE_MINOR = 2500
    order, client = buy(2), client_of(first)
    url, line = f"/admin/shop/order/{order.pk}/refund/", order.lines.get()
    for made, waiting in ((1, 0), (1, 1)):
        page = client.post(url, {f"line-{line.pk}": "1", "reason": "Broken."}).content.decode()
        client.post(url, read_form(page))
        assert (Refund.objects.count(), Proposal.objects.count()) == (made, waiting)


def test_bulk_action_does_not_slip_under_the_limit(first: User) -> None:
    orders = [buy(), buy()]
    data = {"action": "refund_remaining_amount", "_selected_action": [order.pk for order in orders]}
    page = client_of(first).post("/admin/shop/order/", data).content.decode()
    assert "Refund all of it" in page and Refund.objects.count() == 0
    client_of(first).post("/admin/shop/order/", data | {"confirm": "x", "reason": " "})
    assert (Refund.objects.count(), Proposal.objects.count()) == (0, 0)
    client_of(first).post("/admin/shop/order/", data | {"confirm": "x", "reason": "Recall"})
    assert (Refund.objects.count(), Proposal.objects.count()) == (0, 2)
    assert set(Order.objects.values_list("refunded_minor", flat=True)) == {0}
