"""Links of invitations that are over: declined, used, expired, withdrawn, replaced or wrong."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.invitations import invite, renew_invitation, withdraw_invitation
from creators.models import Campaign, Creator, Invitation
from tests.conftest import client_of
from tests.creators.test_invitations import JOIN, link_in_last_mail, rows, verify, words_of
from tests.factories import NOW, make_campaign, make_creator, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_user("manager@example.com", is_staff=True)


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign("secret")
    Campaign.objects.update(is_by_invitation=True)
    return Campaign.objects.with_terms().get(pk=campaign.pk)


@pytest.fixture
def link(campaign: Campaign, manager: User) -> str:
    """Return the path of the link in an email to lou@example.com."""
    invite(campaign=campaign, emails=["lou@example.com"], by=manager, now=timezone.now())
    return link_in_last_mail()


def test_a_link_is_declined_without_an_account_and_then_over(link: str, as_creator: Client) -> None:
    assert "Decline the invitation" in words_of(Client().get(link))
    assert Client().post(link, {"decline": ""})["Location"] == link
    invitation = Invitation.objects.get()
    assert (invitation.declined_at is None, invitation.accepted_at) == (False, None)
    before = rows()
    for client in (Client(), as_creator):
        for answer in (client.get(link), client.post(link, {"decline": ""}), as_creator.post(link, JOIN)):
            assert answer.status_code == 410
            assert "This invitation was declined." in words_of(answer)
            assert "If you have joined already" not in words_of(answer)
    assert rows() == before


def test_an_accepted_link_is_not_declined(link: str, as_creator: Client) -> None:
    as_creator.post(link, JOIN)
    before = rows()
    answer = Client().post(link, {"decline": ""})
    assert answer.status_code == 410
    assert "This invitation has already been used." in words_of(answer)
    assert rows() == before


def test_a_declined_invitation_shows_its_campaign_to_nobody(link: str) -> None:
    lou = make_creator("lou", user=make_user("lou@example.com", adult_confirmed_at=NOW))
    verify(lou.user)
    Client().post(link, {"decline": ""})
    assert client_of(lou.user).get("/api/v1/campaigns/").json()["results"] == []
    assert client_of(lou.user).post("/studio/campaigns/secret/enrol/", JOIN).status_code == 404


def test_a_link_works_once(link: str, as_creator: Client, creator: Creator) -> None:
    as_creator.post(link, JOIN)
    before, rival = rows(), client_of(make_creator("rival").user)
    own = as_creator.post(link, JOIN)
    assert own.status_code == 410
    assert "You have already joined this campaign" in words_of(own)
    for client in (rival, Client()):
        assert "This invitation has already been used." in words_of(client.get(link))
    answer = rival.post(link, JOIN)
    assert answer.status_code == 410
    assert "This invitation has already been used." in words_of(answer)
    assert rows() == before
    assert "Secret" not in words_of(rival.get("/studio/campaigns/"))


def test_an_expired_link_says_so(link: str, as_creator: Client) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    before = rows()
    for answer in (as_creator.get(link), as_creator.post(link, JOIN), Client().get(link)):
        assert answer.status_code == 410
        assert "This invitation has expired." in words_of(answer)
    assert rows() == before


def test_a_withdrawn_link_says_so(link: str, as_creator: Client, manager: User) -> None:
    withdraw_invitation(invitation=Invitation.objects.get(), by=manager, now=timezone.now())
    before = rows()
    for answer in (as_creator.get(link), as_creator.post(link, JOIN)):
        assert answer.status_code == 410
        assert "This invitation was withdrawn." in words_of(answer)
    assert rows() == before


@pytest.mark.parametrize("token", ["x", "a" * 500, "%F0%9F%8E%AC", "..", "'--"])
def test_a_wrong_token_says_so(link: str, as_creator: Client, token: str) -> None:
    before = rows()
    for answer in (
        as_creator.get(f"/studio/invitations/{token}/"),
        as_creator.post(f"/studio/invitations/{token}/", JOIN),
    ):
        assert answer.status_code == 404
        assert "This link is not valid." in words_of(answer)
    assert rows() == before


def test_the_former_link_stops_working_once_a_new_one_is_sent(link: str, as_creator: Client, manager: User) -> None:
    renew_invitation(invitation=Invitation.objects.get(), by=manager, now=timezone.now())
    before, newer = rows(), link_in_last_mail()
    assert "use the link in the newest one" in words_of(as_creator.post(link, JOIN))
    assert rows() == before
    assert as_creator.post(newer, JOIN).status_code == 302


@pytest.mark.parametrize("column", ["expires_at", "withdrawn_at"])
def test_an_invitation_that_is_over_shows_no_campaign(link: str, column: str) -> None:
    lou = make_creator("lou", user=make_user("lou@example.com", adult_confirmed_at=NOW))
    verify(lou.user)
    Invitation.objects.update(**{column: timezone.now() - timedelta(seconds=1)})
    assert client_of(lou.user).get("/api/v1/campaigns/").json()["results"] == []
