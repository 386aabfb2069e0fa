"""Emails wait in the outbox until a mail server has accepted them; a server that is down never breaks a page."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import OutgoingEmail, RefusedAddress, User
from accounts.outbox import GIVE_UP_AFTER, RETRY_AFTER, forget_old_emails, send_again, send_waiting_emails
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_user
from tests.mail_server import MailServer, free_port, run_mail_server, use_mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        yield server


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    use_mail_server(settings, free_port())


def write_email(to: str = "sam@example.com", subject: str = "Hello") -> OutgoingEmail:
    EmailMessage(subject, "Your code is 1234.", to=[to]).send()
    row = OutgoingEmail.objects.latest("pk")
    OutgoingEmail.objects.filter(pk=row.pk).update(created_at=NOW, due_at=NOW)
    return row


SIGN_UP = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}


def test_sign_up_works_while_the_mail_server_is_down_and_the_email_follows(
    client: Client, no_mail_server: None, settings: Settings
) -> None:
    response = client.post("/accounts/signup/", SIGN_UP)
    assert response.status_code == 302
    assert User.objects.get().email == "new@example.com"
    assert OutgoingEmail.objects.get().recipients == ["new@example.com"]
    due_at = OutgoingEmail.objects.get().due_at
    assert send_waiting_emails(now=due_at) == 0
    row = OutgoingEmail.objects.get()
    assert (row.attempts, row.given_up_at, row.due_at) == (1, None, due_at + RETRY_AFTER[0])


def test_pasted_address_is_kept_without_invisible_characters(
    client: Client, no_mail_server: None, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    pasted = "new@example.com\u202c\u200b"
    assert client.post("/accounts/signup/", SIGN_UP | {"email": pasted}).status_code == 302
    assert User.objects.get().email == "new@example.com"
    Client().post("/accounts/password/reset/", {"email": pasted})
    assert [row.recipients for row in OutgoingEmail.objects.order_by("pk")] == [["new@example.com"]] * 2
    refused = Client().post("/accounts/signup/", SIGN_UP | {"email": f"new@{'\u00fc' * 70}.example"})
    assert refused.status_code == 200 and "Enter a valid email address." in refused.content.decode()
    assert (User.objects.count(), OutgoingEmail.objects.count()) == (1, 2)


@pytest.mark.parametrize("url", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_no_email_goes_to_an_address_that_cannot_be_written(
    client: Client, no_mail_server: None, settings: Settings, url: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    assert client.post(url, {"email": f"new@{'\u00fc' * 70}.example"}).status_code in (200, 302)
    assert not OutgoingEmail.objects.exists()


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/accounts/password/reset/", {"email": "sam@example.com"}),
        ("/accounts/email/", {"action_add": "", "email": "other@example.com"}),
        ("/accounts/signup/", SIGN_UP | {"email": "sam@example.com"}),
    ],
)
def test_no_page_that_sends_an_email_needs_the_mail_server(
    no_mail_server: None, url: str, body: dict[str, str], settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    user = make_user("sam@example.com")
    client = client_of(user) if url == "/accounts/email/" else Client()
    if url == "/accounts/email/":
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(url, body).status_code == 302
    assert OutgoingEmail.objects.count() == 1


def test_a_changed_payout_account_is_saved_with_its_email(no_mail_server: None) -> None:
    from payouts.payout_accounts import AccountDetails, set_payout_account

    creator = make_creator("maya")
    set_payout_account(payee=creator, details=AccountDetails("Maya", "DE89370400440532013000"))
    assert OutgoingEmail.objects.get().recipients == [creator.user.email]


def test_a_worker_delivers_what_was_written(mail_server: MailServer) -> None:
    email = EmailMultiAlternatives("Grüße", "Text שלום", to=["sam@example.com"], bcc=["copy@example.com"])
    email.attach_alternative("<p>HTML</p>", "text/html")
    email.send()
    assert mail_server.accepted == []
    assert send_waiting_emails(now=OutgoingEmail.objects.latest("due_at").due_at) == 2
    assert [recipient for recipient, _content in mail_server.accepted] == ["sam@example.com", "copy@example.com"]
    for _recipient, content in mail_server.accepted:
        assert "=?utf-8?" in content and "<p>HTML</p>" in content and "copy@example.com" not in content
    assert not OutgoingEmail.objects.exists()
    assert send_waiting_emails(now=NOW + timedelta(days=9999)) == 0


def test_an_email_is_rolled_back_with_what_it_is_about(no_mail_server: None) -> None:
    with transaction.atomic():
        write_email()
        transaction.set_rollback(True)
    assert not OutgoingEmail.objects.exists()


def test_a_worker_is_woken_after_the_commit(
    mail_server: MailServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from accounts.tasks import send_outgoing_emails

    monkeypatch.setattr(send_outgoing_emails, "delay", send_outgoing_emails.run)
    with django_capture_on_commit_callbacks(execute=True):
        EmailMessage("Hello", "", to=["sam@example.com"]).send()
        assert mail_server.accepted == []
    assert len(mail_server.accepted) == 1


def test_refused_recipients_do_not_block_the_emails_behind_them(mail_server: MailServer) -> None:
    gone, greylisted, fine = write_email("550gone@example.com"), write_email("451later@example.com"), write_email()
    assert send_waiting_emails(now=NOW) == 1
    assert [to for to, _content in mail_server.accepted] == fine.recipients
    gone.refresh_from_db()
    greylisted.refresh_from_db()
    assert (gone.given_up_at, gone.failure_text) == (NOW, "550 no")
    assert greylisted.given_up_at is None and greylisted.due_at == NOW + RETRY_AFTER[0]


def test_a_refused_sender_is_retried_because_the_operator_can_correct_it(mail_server: MailServer) -> None:
    row = write_email()
    mail_server.sender_reply = "550 unknown sender"
    assert send_waiting_emails(now=NOW) == 0
    row.refresh_from_db()
    assert (row.attempts, row.given_up_at) == (1, None)
    mail_server.sender_reply = "250 OK"
    assert send_waiting_emails(now=row.due_at) == 1


def test_waits_grow_and_end_after_three_days(no_mail_server: None) -> None:
    row = write_email()
    now, waits = NOW, []
    while row.given_up_at is None:
        send_waiting_emails(now=now)
        row.refresh_from_db()
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits[:5] == [*RETRY_AFTER, RETRY_AFTER[-1]]
    assert NOW + GIVE_UP_AFTER < row.given_up_at < NOW + GIVE_UP_AFTER + 2 * RETRY_AFTER[-1]
    forget_old_emails(now=row.given_up_at + timedelta(days=29))
    assert OutgoingEmail.objects.exists()
    forget_old_emails(now=row.given_up_at + timedelta(days=31))
    assert not OutgoingEmail.objects.exists()


def test_staff_see_what_waits_without_its_text_and_send_it_again(mail_server: MailServer) -> None:
    row = write_email("550gone@example.com", subject="Your sign-in code")
    send_waiting_emails(now=NOW)
    admin = client_of(make_user("admin@example.com", is_staff=True, is_superuser=True))
    for url in ("/admin/accounts/outgoingemail/", f"/admin/accounts/outgoingemail/{row.pk}/change/"):
        page = admin.get(url).content.decode()
        assert "Your sign-in code" in page and "550gone@example.com" in page and "1234" not in page
    response = admin.post(
        "/admin/accounts/outgoingemail/", {"action": "send_again", "_selected_action": [row.pk]}, follow=True
    )
    assert "1 email will be sent again." in response.content.decode()
    row.refresh_from_db()
    assert (row.given_up_at, row.attempts) == (None, 0)
    assert send_again(OutgoingEmail.objects.all(), now=NOW) == 1


def test_finance_reads_what_waits_and_what_was_refused_but_sends_nothing(no_mail_server: None) -> None:
    user = make_user("finance@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    row = write_email("maya@example.com", subject="We paid you $25.00")
    RefusedAddress.objects.create(email="gone@example.com", answer_text="550 No such user", refused_at=NOW)
    client = client_of(user)
    listed = client.get("/admin/accounts/outgoingemail/").content.decode()
    assert "We paid you $25.00" in listed and "maya@example.com" in listed
    assert "1234" not in client.get(f"/admin/accounts/outgoingemail/{row.pk}/change/").content.decode()
    assert "550 No such user" in client.get("/admin/accounts/refusedaddress/").content.decode()
    for action in ("send_again", "discard"):
        client.post("/admin/accounts/outgoingemail/", {"action": action, "_selected_action": [row.pk], "confirm": "1"})
    assert OutgoingEmail.objects.get().due_at == NOW


def test_two_workers_send_an_email_once(mail_server: MailServer) -> None:
    write_email()
    assert [send_waiting_emails(now=NOW), send_waiting_emails(now=NOW)] == [1, 0]
    assert len(mail_server.accepted) == 1


def test_an_unusable_address_is_given_up(mail_server: MailServer) -> None:
    row = write_email("kätzchen@example.com")
    send_waiting_emails(now=NOW)
    row.refresh_from_db()
    assert row.given_up_at == NOW and isinstance(smtplib.SMTPException(), OSError)
