"""Bells for the ledger and for payouts: the rows are the queue."""

from celery import shared_task
from django.utils import timezone

from payouts import fraud, transfers
from payouts import tally as tallying


@shared_task
def tally() -> None:
    """Book what was earned and is not booked yet."""
    tallying.tally(now=timezone.now())


@shared_task
def place_holds() -> None:
    """Look for what should be looked at before it is paid."""
    fraud.place_holds(now=timezone.now())


@shared_task
def send_payout(payout_id: int) -> None:
    """Send one planned payout; one that was claimed already is left alone."""
    transfers.send_payout(payout_id=payout_id, now=timezone.now())


@shared_task
def reconcile_payout(payout_id: int) -> None:
    """Look up at the bank what became of one payout."""
    transfers.reconcile_payout(payout_id=payout_id, now=timezone.now())


@shared_task
def reconcile_payouts() -> None:
    """Ring for every payout that the bank has not answered in time."""
    for payout_id in transfers.find_unanswered_payouts(timezone.now()):
        reconcile_payout.delay(payout_id)
