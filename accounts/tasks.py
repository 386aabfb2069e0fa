"""Celery tasks: sending emails, and nightly clean-up."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.idempotency import forget_old_keys
from accounts.outbox import forget_old_emails, send_waiting_emails
from accounts.refused_addresses import forget_old_refusals


@shared_task
def send_outgoing_emails() -> None:
    """Send the emails that are due."""
    send_waiting_emails(now=timezone.now())


@shared_task
def clear_expired() -> None:
    """Delete expired sessions, idempotency keys, and what is known of emails that could not be sent."""
    call_command("clearsessions")
    forget_old_keys(now=timezone.now())
    forget_old_emails(now=timezone.now())
    forget_old_refusals(now=timezone.now())
