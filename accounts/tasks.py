"""Celery task for nightly clean-up."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.idempotency import forget_old_keys


@shared_task
def clear_expired() -> None:
    """Delete expired sessions and idempotency keys."""
    call_command("clearsessions")
    forget_old_keys(now=timezone.now())
