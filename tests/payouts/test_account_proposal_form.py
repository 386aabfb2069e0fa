"""Another payout account replaces what was typed. What nobody could read or typed, such as the tax ID, stays."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Proposal, User
from creators.models import Agency, Creator
from payouts.models import PayoutAccount
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
PROPOSE = "/admin/payouts/payoutaccount/propose/"
OLD, NEW = "AT611904300234573201", "DE89370400440532013000"


def make_finance(email: str) -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    return user


@pytest.fixture
def account(creator: Creator) -> PayoutAccount:
    values = {"holder_name": "Maya Meyer", "number": OLD, "country_code": "AT", "tax_id": "ATU12345678"}
    return PayoutAccount.objects.create(creator=creator, **values)


@pytest.fixture
def as_finance(db: None) -> Client:
    client = client_of(make_finance("one@example.com"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def approve() -> str:
    url = f"/admin/accounts/proposal/{Proposal.objects.get().pk}/"
    client = client_of(make_finance("two@example.com"))
    page = client.get(f"{url}change/").content.decode()
    assert client.post(f"{url}decide/", {"approve": ""}, follow=True).status_code == 200
    return page


def facts_of(account: PayoutAccount) -> tuple[str, str, str, str]:
    account.refresh_from_db()
    return account.holder_name, account.number, account.country_code, account.tax_id


def test_form_shows_what_is_not_secret_and_keeps_what_is_left_empty(as_finance: Client, account: PayoutAccount) -> None:
    page = as_finance.get(f"{PROPOSE}?account={account.pk}").content.decode()
    form = read_form(page, field="holder_name")
    assert (form["creator"], form["holder_name"], form["country_code"]) == (str(account.creator_id), "Maya Meyer", "AT")
    assert form["number"] == form["tax_id"] == "" and OLD not in page and "ATU12345678" not in page
    assert "it stays as it is" in page and "Only our finance team sees it" not in page and "you pay tax" not in page
    form |= {"number": NEW, "reason": "She called."}
    assert as_finance.post(f"{PROPOSE}?account={account.pk}", form).status_code == 302
    assert "as it is" in approve()
    assert facts_of(account) == ("Maya Meyer", NEW, "AT", "ATU12345678")


def test_country_and_tax_id_stay_for_a_payee_who_is_chosen_in_the_form(
    as_finance: Client, account: PayoutAccount
) -> None:
    form = {"creator": account.creator_id, "holder_name": "Maya Meyer", "number": NEW, "reason": "She called."}
    assert as_finance.post(PROPOSE, form).status_code == 302
    approve()
    assert facts_of(account) == ("Maya Meyer", NEW, "AT", "ATU12345678")


def test_what_is_typed_replaces_the_tax_id_and_the_country(as_finance: Client, account: PayoutAccount) -> None:
    form = {"creator": account.creator_id, "holder_name": "M. Meyer", "number": NEW, "reason": "She called."}
    assert as_finance.post(PROPOSE, form | {"country_code": "DE", "tax_id": "DE999"}).status_code == 302
    approve()
    assert facts_of(account) == ("M. Meyer", NEW, "DE", "DE999")


def test_first_account_of_an_agency_has_the_country_of_its_number(as_finance: Client) -> None:
    agency = Agency.objects.create(slug="north", name="North")
    form = {"agency": agency.pk, "holder_name": "North", "number": NEW, "reason": "New."}
    assert as_finance.post(PROPOSE, form).status_code == 302
    approve()
    assert facts_of(PayoutAccount.objects.get()) == ("North", NEW, "DE", "")


def test_creator_keeps_the_tax_id_that_they_do_not_type_again(account: PayoutAccount) -> None:
    assert account.creator is not None and account.creator.user is not None
    client = client_of(account.creator.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/studio/earnings/account/").content.decode()
    assert "leave this empty to keep it" in page
    form = {"holder_name": "Maya Meyer", "number": NEW, "country_code": "AT", "tax_id": ""}
    assert client.post("/studio/earnings/account/", form).status_code == 302
    assert facts_of(account) == ("Maya Meyer", NEW, "AT", "ATU12345678")
    api = {"holder_name": "Maya Meyer", "number": OLD}
    assert client.put("/api/v1/earnings/account/", api, content_type="application/json").status_code == 200
    assert facts_of(account) == ("Maya Meyer", OLD, "AT", "ATU12345678")
