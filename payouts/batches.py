"""Functions that plan and approve payout batches. Files for the bank: payouts.bank_orders."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.long_statements import long_statements
from accounts.models import User
from catalog.models import MerchantState
from catalog.prices import format_money
from creators.models import Suspension
from payouts.approvals import BatchRefused, confirm_approval, lock_batch, needs_approval
from payouts.banks import get_bank
from payouts.claims import find_stops
from payouts.fraud import place_holds
from payouts.holder_names import ask_for_latin_names
from payouts.ledger import undisputed
from payouts.models import Account, Batch, Hold, Payout, PayoutAccount
from payouts.models.payee import PAYEES, PayeeKey
from payouts.plan_changes import drop_planned


def plan_batch(*, created_by: User | None, currency: str, now: datetime) -> Batch:
    """Plan and return a batch that has a payout for each payee who can be paid.

    These payees are owed at least PAYOUT_MINIMUM_MINOR, have a payout account that staff did not just change and whose
    holder's name the bank accepts, and are neither on hold nor suspended merchants. Disputed orders do not count. Payees with an open
    payout are left out by a unique constraint, so that two batches never pay the same money.

    Raises BatchRefused if nobody can be paid.
    """
    with long_statements():
        place_holds(now=now)
        ask_for_latin_names(now=now)
    with long_statements():
        batch = Batch.objects.create(currency=currency, provider=get_bank().name, created_by=created_by, created_at=now)
        Payout.objects.bulk_create(_build_payouts(batch, now), ignore_conflicts=True)
        if not batch.payouts.exists():
            raise BatchRefused(_("No payee can be paid in this currency now."))
    return batch


def replan_batch(*, batch_id: int, user: User, now: datetime) -> int:
    """Drop what is still planned in a batch and plan it again, with today's balances and accounts.

    Return the number of new payouts. The batch's approval is void. Raises BatchRefused if nothing is planned, or if
    nobody in it can be paid any more: then nothing is changed.
    """
    with long_statements():
        place_holds(now=now)
    with long_statements():
        batch = lock_batch(batch_id)
        planned = batch.payouts.planned()
        payees: set[PayeeKey] = set(planned.values_list(*PAYEES))
        drop_planned(batch=batch, payout_ids=None, user=user, reason=gettext_noop("Planned again."))
        fresh = [payout for payout in _build_payouts(batch, now) if payout.payee_key in payees]
        if not fresh:
            raise BatchRefused(_("None of these payees can be paid now. Drop the batch instead."))
        Batch.objects.filter(pk=batch.pk).update(created_by=user)  # who planned the amounts cannot approve them
        return len(Payout.objects.bulk_create(fresh))


def approve_batch(*, batch: Batch, approved_by: User, now: datetime, seen: str | None = None) -> None:
    """Approve a batch. `seen` is the digest of the batch that the approver looked at.

    Raises BatchRefused if it is already approved, if it is not what the approver has seen, or if the approver planned
    it, confirmed an account in it or is paid by it.
    """
    with transaction.atomic():
        confirm_approval(batch=lock_batch(batch.pk), approved_by=approved_by, seen=seen, now=now)


def find_sendable_payouts(*, batch: Batch, now: datetime | None = None) -> list[int]:
    """Return the ids of the payouts in the batch that can be sent now. What stops the others: payouts.claims.

    Raises BatchRefused if the batch must be approved first.
    """
    now = now or timezone.now()
    if needs_approval(batch, now):
        limit = format_money(settings.PAYOUT_APPROVAL_ABOVE_MINOR, batch.currency)
        sentence = _(
            "With this batch, more than %(limit)s would be sent in 24 hours without approval by a second person."
        )
        raise BatchRefused(sentence % {"limit": limit})
    planned = list(batch.payouts.planned().order_by("pk"))
    stops = find_stops(planned, now)
    return [payout.pk for payout in planned if payout.pk not in stops]


def _build_payouts(batch: Batch, now: datetime) -> list[Payout]:
    held_creators = Hold.objects.active().values("creator")
    owed = Account.objects.of_payees().filter(currency=batch.currency).exclude(creator__in=held_creators)
    owed = owed.exclude(merchant__state=MerchantState.SUSPENDED)
    sums = owed.values(*PAYEES).annotate(
        owed=Sum("entries__amount_minor", filter=undisputed("entries__")), last=Max("entries__posting")
    )
    suspended = Suspension.objects.active().values("creator")
    is_closed = Q(creator__user__erased_at__isnull=False) | Q(creator__in=suspended)  # there will be little to add
    due = sums.filter(Q(owed__gte=settings.PAYOUT_MINIMUM_MINOR) | Q(is_closed, owed__gt=0)).order_by(*PAYEES)
    accounts = {account.payee_key: account for account in PayoutAccount.objects.exclude(payouts_from__gt=now)}
    planned, step_minor = [], get_bank(batch.provider).payable_step(batch.currency)
    for row in due:
        account = accounts.get((row["creator"], row["agency"], row["merchant"]))
        amount_minor = row["owed"] - row["owed"] % step_minor  # the rest stays in the balance for a later payout
        if account is not None and amount_minor and _is_usable(account, batch):
            planned.append(
                Payout(
                    batch=batch,
                    creator_id=row["creator"],
                    agency_id=row["agency"],
                    merchant_id=row["merchant"],
                    amount_minor=amount_minor,
                    covers_until=row["last"],
                    currency=batch.currency,
                    holder_name=account.holder_name,
                    number=account.number,
                    bank_code=account.bank_code,
                    country_code=account.country_code,
                    account_version=account.version,
                )
            )
    return planned


def _is_usable(account: PayoutAccount, batch: Batch) -> bool:
    return account.is_readable and (account.has_bank_name or not batch.uses_files)
