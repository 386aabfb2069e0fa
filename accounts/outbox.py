"""The outbox: emails are rows until a mail server has accepted them. Requests neither wait for it nor fail with it.

A row is written in the transaction that the email is about, so that both are saved or neither is. Each row is locked,
sent and then deleted. A crash in between may send an email twice, with the same Message-ID, but never loses one.
"""

import email.policy
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesParser
from typing import Any

from django.core.mail import EmailMessage, mailers
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from accounts.mail_answers import MailAnswer, read_failure
from accounts.models import OutgoingEmail
from accounts.refused_addresses import forget_refused, remember_refused

logger = logging.getLogger(__name__)

DELIVERY = "delivery"
"""The alias in MAILERS of the mailer that talks to the mail server. The default mailer fills the outbox."""
RETRY_AFTER = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
"""Time to wait after each failed attempt. The last one repeats."""
GIVE_UP_AFTER = timedelta(days=3)
STUCK_AFTER = timedelta(minutes=15)
FORGET_AFTER = timedelta(days=30)
"""How long emails that were given up are kept, so that staff can send them again."""
MOST_SILENT = 3
"""After so many emails on which the server hung up, the others wait for the next call."""


@dataclass(frozen=True)
class UnsentCounts:
    """How many emails wait, how many of these are stuck, that is for longer than STUCK_AFTER, and how many were given up."""

    waiting: int
    stuck: int
    given_up: int


class StoredEmail(EmailMessage):
    """An email from the outbox, as it was written."""

    def __init__(self, row: OutgoingEmail) -> None:
        super().__init__(row.subject, from_email=row.sender, bcc=row.recipients)
        self.content = bytes(row.content)

    def message(self, *, policy: Any = email.policy.default) -> Any:
        return BytesParser(policy=policy).parsebytes(self.content)


def store_email(message: EmailMessage, *, now: datetime) -> None:
    """Put an email into the outbox, once for each recipient, so that one that is refused keeps none from the others.

    Raises ValueError if one of its headers is malformed.
    """
    content = message.message()
    for address in dict.fromkeys(str(address) for address in message.recipients()):
        OutgoingEmail.objects.create(
            sender=str(message.from_email),
            recipients=[address],
            subject=str(message.subject),
            content=content.as_bytes(),
            message_id=str(content["Message-ID"]),
            created_at=now,
            due_at=now,
        )


def waiting_emails() -> QuerySet[OutgoingEmail]:
    """Return the emails that are still to be sent, oldest first."""
    return OutgoingEmail.objects.filter(given_up_at=None).order_by("created_at", "pk")


def unsent_emails(message_ids: Iterable[str] | QuerySet[Any]) -> QuerySet[OutgoingEmail]:
    """Return those of the emails with these Message-IDs that are waiting or were given up."""
    return OutgoingEmail.objects.filter(message_id__in=message_ids)


def discard_emails(message_ids: Iterable[str] | QuerySet[Any]) -> None:
    """Delete emails that no longer hold before they are sent."""
    discard(unsent_emails(message_ids))


def count_unsent(now: datetime) -> UnsentCounts:
    is_given_up = Q(given_up_at__isnull=False)
    counts = OutgoingEmail.objects.aggregate(
        waiting=Count("pk", filter=~is_given_up),
        stuck=Count("pk", filter=~is_given_up & Q(created_at__lt=now - STUCK_AFTER)),
        given_up=Count("pk", filter=is_given_up),
    )
    return UnsentCounts(**counts)


def send_waiting_emails(*, now: datetime, at_most: int = 100) -> int:
    """Send the emails that are due, and return how many the mail server accepted.

    Those that have failed least often come first, then the oldest, so that no email waits for one that keeps failing.
    While the server is away, only one is tried.
    """
    due = waiting_emails().filter(due_at__lte=now)
    sent = silent = 0
    for row_id in list(due.order_by("attempts", "created_at", "pk").values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True).filter(pk=row_id).first()
            if row is None:
                continue
            mailer = mailers[DELIVERY]
            try:
                mailer.open()
            except OSError as away:
                _record_failure(row, read_failure(away), now)
                break
            try:
                mailer.send_messages([StoredEmail(row)])
            except (OSError, ValueError) as failure:
                answer = read_failure(failure)
                _record_failure(row, answer, now)
                silent += not answer.has_answered
            else:
                _record_delivery(row)
                sent += 1
            finally:
                mailer.close()
        if silent == MOST_SILENT:
            break
    return sent


def send_again(emails: QuerySet[OutgoingEmail], *, now: datetime) -> int:
    """Make emails due at once, those that were given up included. Return how many."""
    return emails.update(due_at=now, given_up_at=None, created_at=now, attempts=0)


def forget_old_emails(*, now: datetime) -> None:
    """Delete emails that were given up long ago."""
    OutgoingEmail.objects.filter(given_up_at__lt=now - FORGET_AFTER).delete()


def discard(emails: QuerySet[OutgoingEmail]) -> int:
    """Delete emails, without sending them. Return how many. Those that a worker is just sending are left to it."""
    with transaction.atomic():
        idle = emails.select_for_update(skip_locked=True)
        return OutgoingEmail.objects.filter(pk__in=list(idle.values_list("pk", flat=True))).delete()[0]


def _record_delivery(row: OutgoingEmail) -> None:
    for address in row.recipients:
        forget_refused(email=address)
    row.delete()


def _record_failure(row: OutgoingEmail, answer: MailAnswer, now: datetime) -> None:
    wait = RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
    row.attempts += 1
    row.due_at = now + wait
    row.failure_text = answer.text
    if answer.is_final or now - row.created_at > GIVE_UP_AFTER:
        row.given_up_at = now
        if answer.is_about_address:
            for address in row.recipients:
                remember_refused(email=address, answer_text=answer.text, now=now)
    row.save(update_fields=["attempts", "due_at", "failure_text", "given_up_at"])
    fields = {"email": row.pk, "attempts": row.attempts, "is_given_up": row.given_up_at is not None}
    logger.warning("The mail server did not accept an email: %s", row.failure_text, extra=fields)
