"""Celery tasks for the ledger and for payouts. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from payouts import closed_accounts, fraud, hold_reminders, ledger_checks, related_payees, transfers
from payouts import tally as ledger_tally


@shared_task
def tally() -> None:
    """Book earnings that are not booked yet."""
    ledger_tally.tally(now=timezone.now())


@shared_task
def place_holds() -> None:
    """Run the fraud checks and put the pay of suspicious creators on hold."""
    fraud.place_holds(now=timezone.now())


@shared_task
def remind_of_holds() -> None:
    """Email staff about holds that have waited for long."""
    hold_reminders.mail_reminders(now=timezone.now())


@shared_task
def send_payout(payout_id: int) -> None:
    """Send one planned payout. Do nothing if another worker claimed it."""
    transfers.send_payout(payout_id=payout_id, now=timezone.now())


@shared_task
def reconcile_payout(payout_id: int) -> None:
    """Look up one unanswered payout at the bank and settle it."""
    transfers.reconcile_payout(payout_id=payout_id, now=timezone.now())


@shared_task
def reconcile_payouts() -> None:
    """Enqueue a look-up for every payout that the bank has not answered in time."""
    for payout_id in transfers.find_unanswered_payouts(timezone.now()):
        reconcile_payout.delay(payout_id)


@shared_task
def check_ledger() -> None:
    """Rebuild every balance and record what was found. Statements are compared only by `manage.py verify_ledger`."""
    ledger_checks.check_ledger(includes_statements=False, now=timezone.now())


@shared_task
def forget_paid_accounts() -> None:
    """Delete the bank details of creators who deleted their accounts and have been paid."""
    closed_accounts.forget_paid_accounts()


@shared_task
def assess_commissions() -> None:
    """Look for buyers who belong to those who would earn from their orders, by what became known since they paid."""
    related_payees.assess_commissions(now=timezone.now())
