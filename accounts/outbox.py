"""The outbox: emails are rows until a mail server has accepted them. Requests neither wait for it nor fail with it.

A row is written in the transaction that the email is about, so that both are saved or neither is. Each row is locked,
sent and then deleted. A crash in between may send an email twice, with the same Message-ID, but never loses one.
"""

import email.policy
import logging
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.parser import BytesParser
from typing import Any

from django.core.mail import EmailMessage, mailers
from django.db import transaction
from django.db.models import QuerySet
from django.utils.encoding import force_str

from accounts.models import OutgoingEmail

logger = logging.getLogger(__name__)

DELIVERY = "delivery"
"""The alias in MAILERS of the mailer that talks to the mail server. The default mailer fills the outbox."""
RETRY_AFTER = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
"""Time to wait after each failed attempt. The last one repeats."""
GIVE_UP_AFTER = timedelta(days=3)
FORGET_AFTER = timedelta(days=30)
"""How long emails that were given up are kept, so that staff can send them again."""


REPAIRABLE = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)
"""Refusals that say nothing about the email: the operator corrects EMAIL_URL or DEFAULT_FROM_EMAIL."""


class StoredEmail(EmailMessage):
    """An email from the outbox, as it was written."""

    def __init__(self, row: OutgoingEmail) -> None:
        super().__init__(row.subject, from_email=row.sender, bcc=row.recipients)
        self.content = bytes(row.content)

    def message(self, *, policy: Any = email.policy.default) -> Any:
        return BytesParser(policy=policy).parsebytes(self.content)


def store_email(message: EmailMessage, *, now: datetime) -> OutgoingEmail:
    """Put an email into the outbox. Raises ValueError if one of its headers is malformed."""
    content = message.message()
    return OutgoingEmail.objects.create(
        sender=str(message.from_email),
        recipients=[str(address) for address in message.recipients()],
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
    """Delete emails that no longer hold before they are sent. One that a worker is just sending is left to it."""
    with transaction.atomic():
        idle = unsent_emails(message_ids).select_for_update(skip_locked=True)
        OutgoingEmail.objects.filter(pk__in=list(idle.values_list("pk", flat=True))).delete()


def send_waiting_emails(*, now: datetime, at_most: int = 100) -> int:
    """Send the emails that are due, oldest first, and return how many the mail server accepted.

    Stops at the first email that the server does not answer for: it is retried later, behind the others.
    """
    due = waiting_emails().filter(due_at__lte=now)
    sent = 0
    for row_id in list(due.values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True).filter(pk=row_id).first()
            if row is None:
                continue
            try:
                mailers[DELIVERY].send_messages([StoredEmail(row)])
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, ValueError) as refusal:
                _record_failure(row, refusal, now, is_permanent=_is_permanent(refusal))
            except OSError as failure:  # of which smtplib's other exceptions are subclasses
                _record_failure(row, failure, now, is_permanent=False)
                break
            else:
                row.delete()
                sent += 1
    return sent


def send_again(emails: QuerySet[OutgoingEmail], *, now: datetime) -> int:
    """Make emails due at once, those that were given up included. Return how many."""
    return emails.update(due_at=now, given_up_at=None, created_at=now, attempts=0)


def forget_old_emails(*, now: datetime) -> None:
    """Delete emails that were given up long ago."""
    OutgoingEmail.objects.filter(given_up_at__lt=now - FORGET_AFTER).delete()


def _is_permanent(refusal: Exception) -> bool:
    """Return whether the server will not accept the email later either. Source: RFC 5321, section 4.2.1."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in refusal.recipients.values())
    if isinstance(refusal, REPAIRABLE):
        return False
    return not isinstance(refusal, smtplib.SMTPResponseException) or refusal.smtp_code >= 500


def _describe(failure: Exception) -> str:
    """Return what the mail server said, or what became of the connection, in one line for people."""
    replies: Iterable[tuple[int, bytes | str]]
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        replies = failure.recipients.values()
    elif isinstance(failure, smtplib.SMTPResponseException):
        replies = [(failure.smtp_code, failure.smtp_error)]
    else:
        text = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
        return text or type(failure).__name__
    texts = (f"{code} {force_str(text, errors='replace')}" for code, text in replies)
    return " ".join(" ".join(dict.fromkeys(texts)).split())


def _record_failure(row: OutgoingEmail, failure: Exception, now: datetime, *, is_permanent: bool) -> None:
    wait = RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
    row.attempts += 1
    row.due_at = now + wait
    row.failure_text = _describe(failure)
    if is_permanent or now - row.created_at > GIVE_UP_AFTER:
        row.given_up_at = now
    row.save(update_fields=["attempts", "due_at", "failure_text", "given_up_at"])
    fields = {"email": row.pk, "attempts": row.attempts, "is_given_up": row.given_up_at is not None}
    logger.warning("The mail server did not accept an email: %s", row.failure_text, extra=fields)
