"""The link of an invitation to a campaign: signing up, becoming a creator, joining once, and every link that fails."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.campaigns import publish_terms
from creators.invitations import invite
from creators.models import Campaign, Creator, Enrolment, Invitation, Suspension, Terms
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_campaign, make_creator, make_enrolment, make_user

pytestmark = pytest.mark.django_db
JOIN = {"terms_version": "1"}
BECOME = {"handle": "lou", "display_name": "Lou", "bio": "", "confirms_adult": "on"}


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


def link_in_last_mail() -> str:
    found = re.search(r"https?://[^/]+(/studio/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def code_in_last_mail() -> str:
    code = re.search(r"^([A-Z0-9-]{6,9})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code is not None
    return code[1]


def next_of(client: Client, address: str) -> str:
    """Return what the form of a page sends as the address to go to afterwards."""
    field = re.search(r'<input[^>]* name="next"[^>]* value="([^"]+)"', client.get(address).content.decode())
    assert field is not None
    return field[1]


def verify(user: User, email: str = "") -> None:
    EmailAddress.objects.create(user=user, email=email or user.email, verified=True)


def rows() -> tuple[object, ...]:
    """Return everything that a refused link must leave as it is."""
    invitations = list(Invitation.objects.order_by("pk").values())
    return invitations, list(Enrolment.objects.values()), list(Campaign.invited.through.objects.values())


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def test_a_newcomer_signs_up_becomes_a_creator_and_joins(link: str, campaign: Campaign) -> None:
    client = Client()
    page = words_of(client.get(link))
    assert "Secret" in page and "$25.00" in page
    signup = re.search(r'href="(/accounts/signup/\?next=[^"]+)"', page)
    assert signup is not None
    assert link.replace("/", "%2F") in signup[1]
    form = {
        "email": "lou@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "next": next_of(client, signup[1]),
    }
    assert client.post("/accounts/signup/", form)["Location"] == "/accounts/confirm-email/"
    assert client.post("/accounts/confirm-email/", {"code": "WRONG1"}).status_code == 200
    assert client.post("/accounts/confirm-email/", {"code": code_in_last_mail()})["Location"] == link
    become = re.search(r'href="(/studio/join/\?next=[^"]+)"', words_of(client.get(link)))
    assert become is not None
    assert client.post(become[1], BECOME)["Location"] == link
    assert "Accept the terms and join" in words_of(client.get(link))
    assert client.post(link, JOIN)["Location"] == "/studio/campaigns/"
    creator, invitation = Creator.objects.get(), Invitation.objects.get()
    assert (invitation.accepted_by, invitation.accepted_at is None) == (creator, False)
    assert Enrolment.objects.get().terms == campaign.terms
    assert list(campaign.invited.all()) == [creator]
    assert "Upload a clip" in words_of(client.get("/studio/campaigns/"))


def test_a_visitor_who_has_an_account_signs_in_and_comes_back(link: str, creator: Creator) -> None:
    client = Client()
    assert "/accounts/login/?next=" in words_of(client.get(link))
    assert client.post(link, JOIN)["Location"] == f"/accounts/login/?next={link}"
    form = {"login": creator.user.email, "password": PASSWORD, "next": link}
    verify(creator.user)
    assert client.post("/accounts/login/", form)["Location"] == link
    assert client.post(link, JOIN)["Location"] == "/studio/campaigns/"
    assert Enrolment.objects.get().creator == creator


def test_a_user_who_is_no_creator_cannot_join_before_becoming_one(link: str, as_shopper: Client) -> None:
    before = rows()
    location = as_shopper.post(link, JOIN)["Location"]
    assert location == f"/studio/join/?next={link.replace('/', '%2F')}"
    assert rows() == before


def test_every_way_to_sign_in_leads_back_to_the_invitation(link: str, creator: Creator) -> None:
    client, query = Client(), f"?next={link.replace('/', '%2F')}"
    verify(creator.user)
    page = client.get(f"/accounts/login/{query}").content.decode()
    assert next_of(client, f"/accounts/signup/{query}") == next_of(client, f"/accounts/login/{query}") == link
    assert f"/accounts/signup/{query}" in page
    assert f"/accounts/login/{query}" in client.get(f"/accounts/signup/{query}").content.decode()
    by_code = re.search(r'href="(/accounts/login/code/[^"]*)"', page)
    assert by_code is not None
    form = {"email": creator.user.email, "next": next_of(client, by_code[1])}
    client.post("/accounts/login/code/", form)
    answer = client.post("/accounts/login/code/confirm/", {"code": code_in_last_mail(), "next": link})
    assert answer["Location"] == link


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_becoming_a_creator_leads_to_no_other_site(as_shopper: Client, target: str) -> None:
    answer = as_shopper.post(f"/studio/join/?next={target}", BECOME)
    assert answer["Location"] == "/studio/campaigns/"
    assert as_shopper.get(f"/studio/join/?next={target}")["Location"] == "/studio/"


def test_the_token_is_stored_as_a_hash_only(link: str) -> None:
    token = link.split("/")[-2]
    assert len(token) >= 43
    assert token not in str(Invitation.objects.values().get())


def test_terms_that_have_changed_since_are_shown_again(
    link: str, as_creator: Client, campaign: Campaign, creator: Creator
) -> None:
    assert campaign.terms is not None
    terms = Terms(
        campaign=campaign, fee_minor=1000, currency="USD", clips_per_creator=1, opens_at=campaign.terms.opens_at
    )
    publish_terms(terms=terms)
    before = rows()
    for version in ("1", "", "²", "9" * 5000):
        answer = as_creator.post(link, {"terms_version": version})
        assert answer.status_code == 409
        assert "The terms have changed" in words_of(answer) and "$10.00" in words_of(answer)
    assert rows() == before
    assert as_creator.post(link, {"terms_version": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closes_at": timezone.now() - timedelta(days=1)}, "This campaign is closed."),
        ({"opens_at": timezone.now() + timedelta(days=1)}, "This campaign opens on"),
    ],
)
def test_a_campaign_that_is_not_open_cannot_be_joined(
    link: str, as_creator: Client, change: dict[str, Any], sentence: str
) -> None:
    Terms.objects.update(**change)
    before = rows()
    for answer in (as_creator.get(link), as_creator.post(link, JOIN)):
        assert answer.status_code == 410
        assert sentence in words_of(answer)
    assert rows() == before


def test_who_has_joined_already_does_not_use_the_invitation_up(link: str, campaign: Campaign) -> None:
    creator = make_creator("maya")
    campaign.invited.add(creator)
    make_enrolment(creator, campaign)
    before = rows()
    answer = client_of(creator.user).post(link, JOIN)
    assert answer.status_code == 409
    assert "You have already joined this campaign. The invitation was not used." in words_of(answer)
    assert rows() == before


def test_a_suspended_creator_cannot_join(link: str, as_creator: Client, creator: Creator, manager: User) -> None:
    Suspension.objects.create(creator=creator, reason="Spam.", suspended_at=timezone.now(), suspended_by=manager)
    before = rows()
    answer = as_creator.post(link, JOIN)
    assert answer.status_code == 403
    assert "Spam." in words_of(answer)
    assert rows() == before


def test_an_invited_creator_sees_the_campaign_and_joins_without_the_link(link: str, campaign: Campaign) -> None:
    lou = make_creator("lou", user=make_user("lou@example.com", adult_confirmed_at=NOW))
    client = client_of(lou.user)
    assert client.get("/api/v1/campaigns/").json()["results"] == [], "The address is not verified."
    assert client.post("/studio/campaigns/secret/enrol/", JOIN).status_code == 404
    verify(lou.user)
    assert client.get("/api/v1/campaigns/").json()["results"][0]["slug"] == "secret"
    assert "By invitation" in words_of(client.get("/studio/campaigns/"))
    client.post("/studio/campaigns/secret/enrol/", JOIN)
    assert Invitation.objects.get().accepted_by == lou
    assert Enrolment.objects.get().creator == lou
    assert client_of(make_creator().user).post(link, JOIN).status_code == 410


def test_creators_whom_staff_chose_still_join_without_an_email(
    campaign: Campaign, as_creator: Client, creator: Creator
) -> None:
    campaign.invited.add(creator)
    as_creator.post("/studio/campaigns/secret/enrol/", JOIN)
    assert Enrolment.objects.get().creator == creator


def test_the_page_has_no_other_method_and_is_not_cached(link: str, as_creator: Client) -> None:
    for method in ("put", "patch", "delete"):
        assert getattr(as_creator, method)(link).status_code == 405
    assert "no-store" in as_creator.get(link).headers["Cache-Control"]


def test_the_email_is_in_the_language_of_the_user(campaign: Campaign, manager: User) -> None:
    make_user("Lou@example.com", language="ar")
    make_user("main@example.com", language="he", pk=9_000)
    verify(User.objects.get(pk=9_000), "second@example.com")
    Campaign.objects.update(title_translations={"ar": "سري", "he": "סודי"})
    campaign.refresh_from_db()
    emails = ["lou@example.com", "new@example.com", "second@example.com"]
    assert invite(campaign=campaign, emails=emails, by=manager, now=timezone.now()) == 3
    texts = {message.to[0]: f"{message.subject} {message.body}" for message in mail.outbox}
    assert "سري" in texts["lou@example.com"]
    assert "Secret" in texts["new@example.com"] and "$25.00" in texts["new@example.com"]
    assert "סודי" in texts["second@example.com"]
