"""Django's default mailer, which puts emails into the outbox and wakes a worker to send them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.letters import complete_email
from accounts.outbox import store_email
from accounts.tasks import send_outgoing_emails


class OutboxBackend(BaseEmailBackend):
    """Stores emails in the transaction of whoever sends them. Without a broker, the periodic sweep sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            store_email(complete_email(message), now=timezone.now())
        transaction.on_commit(send_outgoing_emails.delay, robust=True)
        return len(email_messages)
