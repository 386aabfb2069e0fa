"""Invitations whose email the mail server does not accept are retried, shown in admin, and replaced or dropped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import OutgoingEmail
from accounts.outbox import send_waiting_emails
from creators.models import Campaign, Invitation
from tests.conftest import client_of
from tests.creators.test_invitations_in_admin import make_member, page_of, send, words_of
from tests.factories import make_campaign
from tests.mail_server import MailServer, free_port, run_mail_server, use_mail_server

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


@pytest.fixture
def as_manager() -> Client:
    return client_of(make_member("Campaign manager"))


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign("autumn")


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        yield server


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    use_mail_server(settings, free_port())


def deliver(after: timedelta = timedelta()) -> int:
    return send_waiting_emails(now=timezone.now() + after)


def change(client: Client, campaign: Campaign, action: str) -> str:
    address = f"{page_of(campaign)}{Invitation.objects.get().pk}/{action}/"
    return words_of(client.post(address, follow=True))


def test_an_invitation_waits_for_a_mail_server_that_is_down_and_then_arrives(
    as_manager: Client, campaign: Campaign, no_mail_server: None, settings: Settings
) -> None:
    assert send(as_manager, campaign, "lou@example.com").status_code == 302
    page = words_of(as_manager.get(page_of(campaign)))
    assert "Waiting to be sent." in page and "Emails not sent yet: 1" in page
    assert deliver() == 0
    page = words_of(as_manager.get(page_of(campaign)))
    assert "Not sent yet: \u2066Connection refused\u2069. Next attempt: " in page
    with run_mail_server(settings) as server:
        assert deliver(after=LATER) == 1
    [(recipient, text)] = server.accepted
    assert recipient == "lou@example.com"
    assert Invitation.objects.get().message_id in text
    page = words_of(as_manager.get(page_of(campaign)))
    assert "not sent yet" not in page.lower() and "Invited: 1" in page


def test_an_address_that_the_mail_server_refuses_is_named_and_can_be_withdrawn(
    as_manager: Client, campaign: Campaign, mail_server: MailServer
) -> None:
    send(as_manager, campaign, "550@example.com, lou@example.com")
    assert deliver() == 1
    page = words_of(as_manager.get(page_of(campaign)))
    assert page.count("Could not be sent: \u2066550 no\u2069. Check the address, then send it again.") == 1
    Invitation.objects.filter(email="lou@example.com").delete()
    change(as_manager, campaign, "withdraw")
    assert not OutgoingEmail.objects.exists()
    assert "Could not be sent" not in words_of(as_manager.get(page_of(campaign)))


def test_sending_again_replaces_an_email_that_has_not_left(
    as_manager: Client, campaign: Campaign, no_mail_server: None
) -> None:
    send(as_manager, campaign, "lou@example.com")
    deliver()
    before = OutgoingEmail.objects.get()
    change(as_manager, campaign, "resend")
    after = OutgoingEmail.objects.get()
    assert after.message_id == Invitation.objects.get().message_id != before.message_id
    assert (before.attempts, after.attempts) == (1, 0)
    assert bytes(after.content) != bytes(before.content)


def test_the_page_of_many_unsent_emails_takes_few_queries(
    as_manager: Client, campaign: Campaign, no_mail_server: None, django_assert_max_num_queries: Any
) -> None:
    send(as_manager, campaign, ",".join(f"a{n}@example.com" for n in range(120)))
    with django_assert_max_num_queries(12):
        page = as_manager.get(page_of(campaign)).content
    assert page.count(b"Waiting to be sent.") == 100
    assert b"Emails not sent yet: 120" in page
    assert len(page) < 200 * 1024
