"""Batches of payouts: who is paid, who approves, what the bank is given, and what it answered."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.prices import format_money
from payouts.banks import bank
from payouts.banks.bank_file import read_bank_results, write_transfer_file
from payouts.fraud import place_holds
from payouts.models import Account, Batch, Hold, Payout, PayoutAccount, PayoutState
from payouts.transfers import build_transfer, settle_payout


class BatchRefused(Exception):
    """Nothing changed; the message says why."""


def plan_batch(*, created_by: User | None, currency: str, now: datetime) -> Batch:
    """Plan a payout to everybody who is owed the minimum, has an account, and is not held. Raises BatchRefused.

    Who has an open payout already is left out by a unique constraint, so that two batches never pay the same money.
    """
    place_holds(now=now)
    with transaction.atomic():
        batch = Batch.objects.create(currency=currency, provider=bank().name, created_by=created_by, created_at=now)
        Payout.objects.bulk_create(_planned(batch), ignore_conflicts=True)
        if not batch.payouts.exists():
            minimum = format_money(settings.PAYOUT_MINIMUM_MINOR, currency)
            raise BatchRefused(
                _("Nobody who can be paid is owed %(minimum)s or more in this currency.") % {"minimum": minimum}
            )
    return batch


def approve_batch(*, batch: Batch, approved_by: User, now: datetime) -> None:
    """Let a batch be sent. Raises BatchRefused for the one who made it, and for whoever is paid by it."""
    if batch.created_by_id == approved_by.pk:
        raise BatchRefused(_("Nobody approves a batch of their own."))
    if batch.payouts.filter(creator__user=approved_by).exists() or batch.payouts.filter(agency__user=approved_by):
        raise BatchRefused(_("You are paid by this batch, so somebody else has to approve it."))
    open_batches = Batch.objects.filter(pk=batch.pk, approved_at=None)
    if open_batches.update(approved_by=approved_by, approved_at=now) != 1:
        raise BatchRefused(_("This batch was approved already."))


def needs_approval(batch: Batch) -> bool:
    return batch.approved_at is None and total_minor(batch) > settings.PAYOUT_APPROVAL_ABOVE_MINOR


def total_minor(batch: Batch) -> int:
    return sum(batch.payouts.values_list("amount_minor", flat=True))


def payouts_to_send(*, batch: Batch) -> list[int]:
    """Return the ids of what may be sent now. Raises BatchRefused when a second person has to approve first."""
    if needs_approval(batch):
        limit = format_money(settings.PAYOUT_APPROVAL_ABOVE_MINOR, batch.currency)
        raise BatchRefused(_("Above %(limit)s a second person has to approve.") % {"limit": limit})
    planned = batch.payouts.filter(state=PayoutState.PLANNED)
    held = Hold.objects.active().values("creator")
    return list(planned.exclude(creator__in=held).order_by("pk").values_list("pk", flat=True))


def build_bank_file(batch: Batch) -> str:
    """Write the bank's file: what was sent and has no answer yet."""
    waiting = batch.payouts.filter(state__in=(PayoutState.SENDING, PayoutState.UNKNOWN)).order_by("pk")
    return write_transfer_file(build_transfer(payout) for payout in waiting)


def import_bank_results(*, batch: Batch, text: str, now: datetime) -> int:
    """Read the bank's answer file and return how many payouts it settled. Raises BankFileUnreadable."""
    payouts = {payout.key: payout.pk for payout in batch.payouts.all()}
    answers = list(read_bank_results(text))
    return sum(
        settle_payout(payout_id=payouts[key], answer=answer, now=now) for key, answer in answers if key in payouts
    )


def _planned(batch: Batch) -> list[Payout]:
    held = Hold.objects.active().values("creator")
    owed = Account.objects.of_payees().filter(currency=batch.currency).exclude(creator__in=held)
    sums = owed.values("creator", "agency").annotate(owed=Sum("entries__amount_minor"), last=Max("entries__posting"))
    enough = sums.filter(owed__gte=settings.PAYOUT_MINIMUM_MINOR).order_by("creator", "agency")
    by_creator = {account.creator_id: account for account in PayoutAccount.objects.filter(agency=None)}
    by_agency = {account.agency_id: account for account in PayoutAccount.objects.filter(creator=None)}
    planned = []
    for row in enough:
        target = by_creator.get(row["creator"]) if row["creator"] else by_agency.get(row["agency"])
        if target is not None:
            planned.append(
                Payout(
                    batch=batch,
                    creator_id=row["creator"],
                    agency_id=row["agency"],
                    amount_minor=row["owed"],
                    covers_until=row["last"],
                    currency=batch.currency,
                    holder_name=target.holder_name,
                    number=target.number,
                )
            )
    return planned
