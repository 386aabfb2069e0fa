"""Campaign managers paste addresses to invite people to a campaign, see who joined, send again and withdraw."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.history import read_history_line
from accounts.models import OutgoingEmail, User
from creators.invitations import invite
from creators.models import Campaign, Creator, Invitation, Terms
from tests.conftest import client_of
from tests.factories import make_campaign, make_creator, make_enrolment, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def make_member(role: str) -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def manager() -> User:
    return make_member("Campaign manager")


@pytest.fixture
def as_manager(manager: User) -> Client:
    return client_of(manager)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign("autumn")


def page_of(campaign: Campaign) -> str:
    return f"/admin/creators/campaign/{campaign.pk}/invitations/"


def send(client: Client, campaign: Campaign, addresses: str) -> Any:
    return client.post(page_of(campaign), {"addresses": addresses})


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def test_pasted_addresses_are_invited_once_each(as_manager: Client, campaign: Campaign, manager: User) -> None:
    change_page = as_manager.get(f"/admin/creators/campaign/{campaign.pk}/change/").content.decode()
    assert page_of(campaign) in change_page
    answer = send(as_manager, campaign, "Lou@Example.com, sam@example.com\r\n\r\n ben@example.com;lou@example.com\n")
    assert answer["Location"] == page_of(campaign)
    invitations = Invitation.objects.order_by("email")
    assert [row.email for row in invitations] == ["ben@example.com", "lou@example.com", "sam@example.com"]
    assert {row.expires_at - row.created_at for row in invitations} == {timedelta(days=30)}
    assert {row.invited_by for row in invitations} == {manager}
    assert sorted(message.to[0] for message in mail.outbox) == [row.email for row in invitations]
    assert len({row.token_hash for row in invitations}) == 3
    page = words_of(as_manager.get(page_of(campaign)))
    assert "lou@example.com" in page and "Invited" in page
    assert read_history_line(LogEntry.objects.get().change_message) == "3 people invited by email."


def test_who_is_invited_or_has_joined_is_named(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    enrolment = make_enrolment(make_creator("maya", user=make_user("Maya@example.com")), campaign)
    EmailAddress.objects.create(user=enrolment.creator.user, email="second@example.com", verified=True)
    answer = send(as_manager, campaign, "new@example.com\nLOU@example.com\nmaya@example.com\nsecond@example.com")
    page = words_of(answer)
    assert "Line 2: LOU@example.com has an open invitation." in page
    assert "Line 3: maya@example.com has already joined this campaign." in page
    assert "Line 4: second@example.com has already joined this campaign." in page
    assert Invitation.objects.get().email == "lou@example.com"
    other = make_campaign("winter")
    assert send(as_manager, other, "lou@example.com, maya@example.com").status_code == 302


def test_an_expired_invitation_is_renewed_and_a_withdrawn_one_made_anew(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com, sam@example.com")
    old = timezone.now() - MINUTE
    Invitation.objects.filter(email="lou@example.com").update(expires_at=old)
    Invitation.objects.filter(email="sam@example.com").update(withdrawn_at=old)
    assert "Expired" in words_of(as_manager.get(page_of(campaign)))
    assert send(as_manager, campaign, "lou@example.com, sam@example.com").status_code == 302
    lou = Invitation.objects.get(email="lou@example.com")
    assert lou.expires_at > timezone.now()
    assert lou.sent_count == 2
    assert Invitation.objects.filter(email="sam@example.com").count() == 2


def test_an_invitation_is_sent_again_with_a_new_link(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    before = Invitation.objects.get()
    Invitation.objects.update(expires_at=before.created_at - MINUTE, sent_at=before.created_at - MINUTE)
    answer = as_manager.post(f"{page_of(campaign)}{before.pk}/resend/?page=1", follow=True)
    assert "A new link was sent to lou@example.com." in words_of(answer)
    after = Invitation.objects.get()
    assert after.token_hash != before.token_hash
    assert (after.sent_count, after.sent_at > before.sent_at, after.expires_at > before.expires_at) == (2, True, True)
    assert [message.to for message in mail.outbox] == [["lou@example.com"]] * 2
    assert mail.outbox[0].body != mail.outbox[1].body


def test_an_invitation_is_withdrawn_once(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    address = f"{page_of(campaign)}{Invitation.objects.get().pk}"
    assert "Withdrawn" in words_of(as_manager.post(f"{address}/withdraw/", follow=True))
    before = Invitation.objects.values().get()
    for action in ("withdraw", "resend"):
        answer = as_manager.post(f"{address}/{action}/", follow=True)
        assert "This invitation has been withdrawn. Nothing was changed." in words_of(answer)
    assert Invitation.objects.values().get() == before
    assert len(mail.outbox) == 1


def test_an_accepted_invitation_stays(as_manager: Client, campaign: Campaign, creator: Creator) -> None:
    send(as_manager, campaign, "lou@example.com")
    Invitation.objects.update(accepted_by=creator, accepted_at=timezone.now())
    before = Invitation.objects.values().get()
    for action in ("withdraw", "resend"):
        answer = as_manager.post(f"{page_of(campaign)}{before['id']}/{action}/", follow=True)
        assert "This invitation has been accepted. Nothing was changed." in words_of(answer)
    assert Invitation.objects.values().get() == before
    page = words_of(as_manager.get(page_of(campaign)))
    assert "Joined" in page and "@maya" in page and "Send again to" not in page
    assert "has already joined" in words_of(send(as_manager, campaign, "lou@example.com"))


def test_a_declined_invitation_is_shown_and_only_sent_again_on_purpose(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    token = re.search(r"(/studio/invitations/\S+/)", str(mail.outbox[-1].body))
    assert token is not None
    Client().post(token[1], {"decline": ""})
    page = words_of(as_manager.get(page_of(campaign)))
    assert "Declined: 1" in page and "Send again to" in page and "Withdraw the invitation of" not in page
    before = Invitation.objects.values().get()
    answer = send(as_manager, campaign, "lou@example.com\nsam@example.com")
    assert "Line 1: lou@example.com declined." in words_of(answer)
    address = f"{page_of(campaign)}{before['id']}"
    withdrawal = as_manager.post(f"{address}/withdraw/", follow=True)
    assert "This invitation has been declined. Nothing was changed." in words_of(withdrawal)
    assert Invitation.objects.values().get() == before
    as_manager.post(f"{address}/resend/")
    after = Invitation.objects.get()
    assert (after.declined_at, after.sent_count, len(mail.outbox)) == (None, 2, 2)


def test_a_declined_invitation_is_not_opened_beside_another(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    declined = Invitation.objects.get()
    Invitation.objects.update(declined_at=timezone.now())
    invite(campaign=campaign, emails=["lou@example.com"], by=declined.invited_by, now=timezone.now())
    before = list(Invitation.objects.order_by("pk").values())
    answer = as_manager.post(f"{page_of(campaign)}{declined.pk}/resend/", follow=True)
    assert "Somebody else has just invited one of these people." in words_of(answer)
    assert list(Invitation.objects.order_by("pk").values()) == before
    assert len(mail.outbox) == 2


def test_the_page_counts_the_answers(as_manager: Client, campaign: Campaign, creator: Creator) -> None:
    send(as_manager, campaign, ",".join(f"a{n}@example.com" for n in range(7)))
    send(as_manager, make_campaign("winter"), "other@example.com")
    now = timezone.now()
    changes: list[dict[str, Any]] = [
        {"accepted_by": creator, "accepted_at": now},
        {"declined_at": now},
        {"withdrawn_at": now},
        {"expires_at": now - MINUTE},
    ]
    for number, change in enumerate(changes):
        Invitation.objects.filter(email=f"a{number}@example.com").update(**change)
    page = words_of(as_manager.get(page_of(campaign)))
    assert "Invited: 3 · Expired: 1 · Joined: 1 · Declined: 1 · Withdrawn: 1 </p>" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_published": False}, "This campaign is not published"),
        ({"terms": None}, "This campaign has no terms yet."),
    ],
)
def test_nobody_is_invited_to_a_campaign_that_takes_nobody(
    as_manager: Client, campaign: Campaign, change: dict[str, Any], sentence: str
) -> None:
    send(as_manager, campaign, "lou@example.com")
    Campaign.objects.update(**change)
    assert sentence in words_of(as_manager.get(page_of(campaign)))
    answer = send(as_manager, campaign, "sam@example.com")
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "sam@example.com" in answer.content.decode()
    before = Invitation.objects.values().get()
    again = as_manager.post(f"{page_of(campaign)}{before['id']}/resend/", follow=True)
    assert sentence in words_of(again)
    assert Invitation.objects.values().get() == before
    assert len(mail.outbox) == 1


def test_nobody_is_invited_to_a_closed_campaign(as_manager: Client, campaign: Campaign) -> None:
    Terms.objects.update(closes_at=timezone.now() - MINUTE)
    assert "This campaign is closed, so nobody could join it." in words_of(send(as_manager, campaign, "a@example.com"))
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["Administrator", "Moderator", "Finance", "Catalogue manager"])
def test_other_roles_neither_see_nor_change_invitations(campaign: Campaign, as_manager: Client, role: str) -> None:
    send(as_manager, campaign, "lou@example.com")
    invitation, client = Invitation.objects.get(), client_of(make_member(role))
    assert client.get(page_of(campaign)).status_code == 403
    assert send(client, campaign, "sam@example.com").status_code == 403
    for action in ("resend", "withdraw"):
        assert client.post(f"{page_of(campaign)}{invitation.pk}/{action}/").status_code == 403
    for outsider in (Client(), client_of(make_user())):
        assert outsider.get(page_of(campaign))["Location"].startswith("/admin/login/")
        assert outsider.post(f"{page_of(campaign)}{invitation.pk}/withdraw/").status_code == 302
    assert Invitation.objects.get() == invitation
    assert Invitation.objects.get().withdrawn_at is None
    assert len(mail.outbox) == 1


def test_buttons_take_only_post_and_only_the_campaigns_own(as_manager: Client, campaign: Campaign) -> None:
    send(as_manager, campaign, "lou@example.com")
    invitation, other = Invitation.objects.get(), make_campaign("winter")
    for action in ("resend", "withdraw"):
        assert as_manager.get(f"{page_of(campaign)}{invitation.pk}/{action}/").status_code == 405
        assert as_manager.post(f"{page_of(other)}{invitation.pk}/{action}/").status_code == 404
    assert as_manager.get("/admin/creators/campaign/999999/invitations/").status_code == 404
    assert (Invitation.objects.get().withdrawn_at, len(mail.outbox)) == (None, 1)


def test_emails_wait_in_the_outbox_and_only_if_all_were_saved(
    as_manager: Client, campaign: Campaign, settings: Any
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "accounts.mail_backend.OutboxBackend"}}
    send(as_manager, campaign, "lou@example.com")
    row = OutgoingEmail.objects.get()
    assert row.recipients == ["lou@example.com"]
    assert "/studio/invitations/" in bytes(row.content).decode()
    send(as_manager, campaign, "sam@example.com, bad")
    assert OutgoingEmail.objects.count() == Invitation.objects.count() == 1


def test_the_page_takes_few_queries_at_any_length(
    as_manager: Client, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    send(as_manager, campaign, ",".join(f"a{n}@example.com" for n in range(60)))
    Invitation.objects.filter(email="a1@example.com").update(accepted_by=make_creator(), accepted_at=timezone.now())
    with django_assert_max_num_queries(12):
        as_manager.get(page_of(campaign))
