"""Two workers send each email once, and a worker that is killed loses none. Without the lock, emails are sent twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest
from django.core.mail import EmailMessage, mailers
from pytest_django import Settings

from accounts.models import OutgoingEmail
from accounts.outbox import DELIVERY, StoredEmail, send_waiting_emails, waiting_emails
from tests.concurrency.crowd import run_at_once
from tests.concurrency.worker_deaths import Point, run_in_worker
from tests.factories import NOW
from tests.mail_server import MailServer, run_mail_server

pytestmark = pytest.mark.django_db(transaction=True)

EMAILS = 12


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        server.accepts_after_s = 0.02
        for number in range(EMAILS):
            EmailMessage("Hello", "", to=[f"a{number}@example.com"]).send()
        OutgoingEmail.objects.update(due_at=NOW, created_at=NOW)
        yield server


def send_without_lock(now: datetime) -> None:
    """Send what is due without the guard: read the rows, send each, and delete it afterwards."""
    for row in waiting_emails().filter(due_at__lte=now):
        mailers[DELIVERY].send_messages([StoredEmail(row)])
        OutgoingEmail.objects.filter(pk=row.pk).delete()


def copies(server: MailServer) -> list[int]:
    """Return how often each email was accepted."""
    return list(Counter(address for address, _content in server.accepted).values())


def test_emails_are_sent_twice_without_the_guard(mail_server: MailServer) -> None:
    outcomes = run_at_once([partial(send_without_lock, NOW)] * 2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert max(copies(mail_server)) == 2


def test_two_workers_send_each_email_once(mail_server: MailServer) -> None:
    outcomes = run_at_once([partial(send_waiting_emails, now=NOW)] * 4)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert copies(mail_server) == [1] * EMAILS
    assert sum(outcome.result for outcome in outcomes) == EMAILS
    assert not OutgoingEmail.objects.exists()


@pytest.mark.parametrize(
    ("point", "most_copies"),
    [
        (Point("before it is read", "accounts.outbox.StoredEmail", "before", nth=3), 1),
        (Point("before the server has it", "smtplib.SMTP.sendmail", "before", nth=3), 1),
        (Point("in the middle of the email", "smtplib.SMTP.rcpt", "after", nth=3), 1),
        (Point("before it counts as delivered", "accounts.outbox.forget_refused", "before", nth=3), 2),
    ],
    ids=lambda value: value.name if isinstance(value, Point) else "",
)
def test_a_killed_worker_loses_no_email(mail_server: MailServer, point: Point, most_copies: int) -> None:
    """An email that the server accepted just before may come twice, with the same Message-ID."""
    assert run_in_worker(partial(send_waiting_emails, now=NOW), dying_at=point) == -9
    assert OutgoingEmail.objects.count() == EMAILS - 2
    assert send_waiting_emails(now=NOW) == EMAILS - 2
    assert len(copies(mail_server)) == EMAILS and not OutgoingEmail.objects.exists()
    assert max(copies(mail_server)) == most_copies
    ids = {content.split("Message-ID: ")[1].split()[0] for _address, content in mail_server.accepted}
    assert len(ids) == EMAILS
