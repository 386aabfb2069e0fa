"""Functions that plan and approve payout batches, and exchange files with the bank."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.prices import format_money
from creators.models import Suspension
from payouts.banks import get_bank
from payouts.banks.bank_file import read_bank_results, write_transfer_file
from payouts.fraud import place_holds
from payouts.models import Account, Batch, Hold, Payout, PayoutAccount, PayoutState
from payouts.transfers import build_transfer, settle_payout


class BatchRefused(Exception):
    """A refused action on a batch. Nothing was changed. The message says why."""


def plan_batch(*, created_by: User | None, currency: str, now: datetime) -> Batch:
    """Plan and return a batch that has a payout for each payee who can be paid.

    These payees are owed at least PAYOUT_MINIMUM_MINOR, have a payout account that staff did not just change, and are
    not on hold. Payees with an open
    payout are left out by a unique constraint, so that two batches never pay the same money.

    Raises BatchRefused if nobody can be paid.
    """
    place_holds(now=now)
    with transaction.atomic():
        batch = Batch.objects.create(currency=currency, provider=get_bank().name, created_by=created_by, created_at=now)
        Payout.objects.bulk_create(_build_payouts(batch), ignore_conflicts=True)
        if not batch.payouts.exists():
            raise BatchRefused(_("No payee can be paid in this currency now."))
    return batch


def approve_batch(*, batch: Batch, approved_by: User, now: datetime) -> None:
    """Approve a batch.

    Raises BatchRefused if it is already approved, or if the approver planned it or is paid by it.
    """
    if batch.created_by_id == approved_by.pk:
        raise BatchRefused(_("You can't approve a batch that you planned."))
    if batch.payouts.filter(creator__user=approved_by).exists() or batch.payouts.filter(agency__user=approved_by):
        raise BatchRefused(_("You can't approve a batch that pays you."))
    open_batches = Batch.objects.filter(pk=batch.pk, approved_at=None)
    if open_batches.update(approved_by=approved_by, approved_at=now) != 1:
        raise BatchRefused(_("This batch has already been approved."))


def needs_approval(batch: Batch) -> bool:
    """Return whether the batch must be approved before it is sent.

    Approval is needed if the total is more than PAYOUT_APPROVAL_ABOVE_MINOR and nobody has approved the batch yet.
    """
    return batch.approved_at is None and get_total_minor(batch) > settings.PAYOUT_APPROVAL_ABOVE_MINOR


def get_total_minor(batch: Batch) -> int:
    return sum(batch.payouts.values_list("amount_minor", flat=True))


def find_sendable_payouts(*, batch: Batch) -> list[int]:
    """Return the ids of the payouts in the batch that can be sent now. Payouts of creators on hold are left out.

    Raises BatchRefused if the batch must be approved first.
    """
    if needs_approval(batch):
        limit = format_money(settings.PAYOUT_APPROVAL_ABOVE_MINOR, batch.currency)
        raise BatchRefused(_("Batches above %(limit)s need approval by a second person.") % {"limit": limit})
    planned = batch.payouts.filter(state=PayoutState.PLANNED)
    held_creators = Hold.objects.active().values("creator")
    return list(planned.exclude(creator__in=held_creators).order_by("pk").values_list("pk", flat=True))


def build_bank_file(batch: Batch) -> str:
    """Return the content of the CSV file for the bank. The file lists the payouts that are waiting for a result."""
    waiting = batch.payouts.filter(state__in=(PayoutState.SENDING, PayoutState.UNKNOWN)).order_by("pk")
    return write_transfer_file(build_transfer(payout) for payout in waiting)


def import_bank_results(*, batch: Batch, text: str, now: datetime) -> int:
    """Settle payouts according to the bank's CSV file. Return how many were settled. Raises BankFileUnreadable."""
    payouts = {payout.key: payout.pk for payout in batch.payouts.all()}
    results = list(read_bank_results(text))
    return sum(
        settle_payout(payout_id=payouts[key], result=result, now=now) for key, result in results if key in payouts
    )


def _build_payouts(batch: Batch) -> list[Payout]:
    held_creators = Hold.objects.active().values("creator")
    owed = Account.objects.of_payees().filter(currency=batch.currency).exclude(creator__in=held_creators)
    sums = owed.values("creator", "agency").annotate(owed=Sum("entries__amount_minor"), last=Max("entries__posting"))
    suspended = Suspension.objects.active().values("creator")
    is_closed = Q(creator__user__erased_at__isnull=False) | Q(creator__in=suspended)  # there will be little to add
    due = sums.filter(Q(owed__gte=settings.PAYOUT_MINIMUM_MINOR) | Q(is_closed, owed__gt=0)).order_by(
        "creator", "agency"
    )
    accounts = PayoutAccount.objects.exclude(payouts_from__gt=batch.created_at)
    by_creator = {account.creator_id: account for account in accounts.filter(agency=None)}
    by_agency = {account.agency_id: account for account in accounts.filter(creator=None)}
    planned = []
    for row in due:
        account = by_creator.get(row["creator"]) if row["creator"] else by_agency.get(row["agency"])
        if account is not None:
            planned.append(
                Payout(
                    batch=batch,
                    creator_id=row["creator"],
                    agency_id=row["agency"],
                    amount_minor=row["owed"],
                    covers_until=row["last"],
                    currency=batch.currency,
                    holder_name=account.holder_name,
                    number=account.number,
                )
            )
    return planned
