"""Whatever a mail server does, an email that it refuses, drops or never answers keeps no other from being sent."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts.erasure import erase_user
from accounts.models import OutgoingEmail, RefusedAddress, User
from accounts.outbox import GIVE_UP_AFTER, RETRY_AFTER, send_waiting_emails
from accounts.refused_addresses import find_refused_address, forget_old_refusals
from tests.conftest import client_of
from tests.factories import NOW, make_user
from tests.html_forms import read_form
from tests.mail_server import HANGS_UP, MailServer, free_port, run_mail_server, run_silent_server, use_mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        yield server


def write(*addresses: str) -> list[OutgoingEmail]:
    """Put an email for each address into the outbox, each a second older than the one before."""
    rows = []
    for age, address in enumerate(addresses):
        EmailMessage("Hello", "Your code is 1234.", to=[address]).send()
        row = OutgoingEmail.objects.latest("pk")
        OutgoingEmail.objects.filter(pk=row.pk).update(created_at=NOW - timedelta(seconds=age), due_at=NOW)
        row.refresh_from_db()
        rows.append(row)
    return rows


def received(server: MailServer) -> list[str]:
    return [address for address, _content in server.accepted]


@pytest.mark.parametrize("code", ["550", "551", "553", "421", "450", "452"])
def test_one_recipient_that_is_refused_does_not_keep_an_email_from_the_others(
    mail_server: MailServer, code: str
) -> None:
    EmailMessage("Hello", "", to=[f"{code}@example.com", "lou@example.com"], cc=["sam@example.com"]).send()
    OutgoingEmail.objects.update(due_at=NOW)
    send_waiting_emails(now=NOW)
    send_waiting_emails(now=NOW)
    assert sorted(received(mail_server)) == ["lou@example.com", "sam@example.com"]
    assert OutgoingEmail.objects.get().recipients == [f"{code}@example.com"]


def test_an_address_that_is_refused_for_good_is_remembered_until_an_email_arrives(mail_server: MailServer) -> None:
    write("550Sam@Example.com")
    send_waiting_emails(now=NOW)
    refused = find_refused_address("550sam@example.COM")
    assert refused is not None and (refused.answer_text, refused.refused_at) == ("550 no", NOW)
    RefusedAddress.objects.create(email="lou@example.com", answer_text="550 no", refused_at=NOW)
    write("Lou@example.com")
    send_waiting_emails(now=NOW)
    assert find_refused_address("lou@example.com") is None
    forget_old_refusals(now=NOW + timedelta(days=364))
    assert RefusedAddress.objects.count() == 1
    forget_old_refusals(now=NOW + timedelta(days=366))
    assert RefusedAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "text", "is_given_up", "is_remembered"),
    [
        ("550a@example.com", "5.1.1 No such user", True, True),
        ("552a@example.com", "5.2.2 Mailbox full", True, True),
        ("550a@example.com", "5.7.1 Client host blocked", False, False),
        ("554a@example.com", "Relay access denied", False, False),
        ("530a@example.com", "Authentication required", False, False),
        ("451a@example.com", "4.7.1 Greylisted", False, False),
    ],
)
def test_only_answers_about_the_address_count_against_it(
    mail_server: MailServer, address: str, text: str, is_given_up: bool, is_remembered: bool
) -> None:
    mail_server.rcpt_text = text
    [row] = write(address)
    assert send_waiting_emails(now=NOW) == 0
    row.refresh_from_db()
    assert (row.given_up_at is not None, RefusedAddress.objects.exists()) == (is_given_up, is_remembered)
    assert row.failure_text == f"{address[:3]} {text}"


def test_an_address_that_is_put_off_for_three_days_is_given_up_and_remembered(mail_server: MailServer) -> None:
    [row] = write("450later@example.com")
    send_waiting_emails(now=NOW)
    assert not RefusedAddress.objects.exists()
    send_waiting_emails(now=NOW + GIVE_UP_AFTER + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.given_up_at is not None and RefusedAddress.objects.get().email == "450later@example.com"


@pytest.mark.parametrize(
    ("reply", "is_given_up", "is_remembered"),
    [
        ("554 5.6.0 Message looks like spam", True, False),
        ("550 5.1.1 No such user", True, True),
        ("451 Try later", False, False),
        ("552 4.2.2 odd but permanent by its first digit", True, False),
    ],
)
def test_a_refusal_after_the_text_is_about_the_email(
    mail_server: MailServer, reply: str, is_given_up: bool, is_remembered: bool
) -> None:
    mail_server.data_reply = reply
    [row] = write("sam@example.com")
    assert send_waiting_emails(now=NOW) == 0
    row.refresh_from_db()
    assert (row.given_up_at is not None, RefusedAddress.objects.exists()) == (is_given_up, is_remembered)


def test_a_server_that_hangs_up_on_one_email_gets_the_others(mail_server: MailServer) -> None:
    bad, *_others = write(f"{HANGS_UP}@example.com", "lou@example.com", "sam@example.com")
    assert send_waiting_emails(now=NOW) == 2
    assert sorted(received(mail_server)) == ["lou@example.com", "sam@example.com"]
    bad.refresh_from_db()
    assert (bad.attempts, bad.given_up_at, bad.due_at) == (1, None, NOW + RETRY_AFTER[0])


def test_many_emails_on_which_the_server_hangs_up_do_not_starve_a_new_one(mail_server: MailServer) -> None:
    write(*(f"{HANGS_UP}.{number}@example.com" for number in range(12)))
    for _index in range(4):
        assert send_waiting_emails(now=NOW) == 0
    assert OutgoingEmail.objects.filter(attempts=1).count() == 12
    write("new@example.com")
    assert send_waiting_emails(now=NOW + RETRY_AFTER[0]) == 1
    assert received(mail_server) == ["new@example.com"]


def test_a_server_that_hangs_up_after_it_accepted_gets_the_email_once(mail_server: MailServer) -> None:
    mail_server.hangs_up_after_data = True
    write("sam@example.com")
    assert [send_waiting_emails(now=NOW), send_waiting_emails(now=NOW)] == [1, 0]
    assert received(mail_server) == ["sam@example.com"]


def test_while_the_server_is_away_one_email_is_tried_and_all_arrive_later(settings: Settings) -> None:
    use_mail_server(settings, free_port())
    write("lou@example.com", "sam@example.com")
    assert send_waiting_emails(now=NOW) == 0
    assert sorted(OutgoingEmail.objects.values_list("attempts", flat=True)) == [0, 1]
    with run_mail_server(settings) as server:
        assert send_waiting_emails(now=NOW + RETRY_AFTER[0]) == 2
        assert sorted(received(server)) == ["lou@example.com", "sam@example.com"]


def test_a_server_that_sends_no_greeting_is_left_after_the_timeout(settings: Settings) -> None:
    with run_silent_server(settings) as connections:
        first, second = write("lou@example.com", "sam@example.com")
        assert send_waiting_emails(now=NOW) == 0
        assert len(connections) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert sorted((first.attempts, second.attempts)) == [0, 1]
    assert "timed out" in first.failure_text + second.failure_text


def test_a_row_of_an_earlier_version_with_several_recipients_is_sent(mail_server: MailServer) -> None:
    [row] = write("lou@example.com")
    OutgoingEmail.objects.update(recipients=["550a@example.com", "550b@example.com"])
    assert send_waiting_emails(now=NOW) == 0
    row.refresh_from_db()
    assert row.given_up_at == NOW and RefusedAddress.objects.count() == 2


def test_people_read_on_their_account_page_that_their_address_is_refused(mail_server: MailServer) -> None:
    user = make_user("550sam@example.com")
    client = client_of(user)
    assert "We could not reach" not in client.get("/accounts/").content.decode()
    write(user.email)
    send_waiting_emails(now=NOW)
    page = client.get("/accounts/").content.decode()
    assert "We could not reach" in page and "550 no" in page and 'href="/accounts/email/"' in page
    assert "We could not reach" not in client_of(make_user("lou@example.com")).get("/accounts/").content.decode()


def test_staff_see_stuck_and_lost_emails_on_the_first_page_and_discard_them(
    mail_server: MailServer, admin_client: Client
) -> None:
    assert "Emails that" not in admin_client.get("/admin/").content.decode()
    user = make_user("550sam@example.com")
    lost, _later = write(user.email, "450lou@example.com")
    send_waiting_emails(now=NOW)
    page = admin_client.get("/admin/").content.decode()
    assert "Emails that could not be sent" in page and "Emails that the mail server does not accept" in page
    assert "550 no" in admin_client.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert "550sam@example.com" in admin_client.get("/admin/accounts/refusedaddress/").content.decode()
    body = {"action": "discard", "_selected_action": [lost.pk]}
    viewer = make_user("viewer@example.com", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_outgoingemail"))
    client_of(viewer).post("/admin/accounts/outgoingemail/", body)
    assert OutgoingEmail.objects.count() == 2
    question = admin_client.post("/admin/accounts/outgoingemail/", body).content.decode()
    assert "These emails are deleted and are not sent any more." in question and OutgoingEmail.objects.count() == 2
    form = read_form(question, field="confirmed")
    answer = admin_client.post("/admin/accounts/outgoingemail/", form, follow=True)
    assert "1 email was discarded." in answer.content.decode()
    assert OutgoingEmail.objects.get().recipients == ["450lou@example.com"]


def test_an_erased_account_leaves_no_refused_address() -> None:
    user = make_user("sam@example.com")
    RefusedAddress.objects.create(email=user.email, answer_text="550 no", refused_at=NOW)
    erase_user(user=user, now=NOW)
    assert (User.objects.exists(), RefusedAddress.objects.exists()) == (False, False)
