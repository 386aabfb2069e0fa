"""Bells for the ledger and for payouts: the rows are the queue."""

from celery import shared_task
from django.utils import timezone

from payouts import tally as tallying


@shared_task
def tally() -> None:
    """Book what was earned and is not booked yet."""
    tallying.tally(now=timezone.now())
