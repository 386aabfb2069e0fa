"""The claim of a planned payout: the last checks before money leaves, under locks, and the copy of the payee's account."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from catalog.models import Merchant, MerchantState
from payouts.approvals import lock_batch, lock_unapproved, needs_approval
from payouts.ledger import get_payable_balance
from payouts.models import Account, FailureCode, Hold, Payout, PayoutAccount, PayoutState, PostingKind
from payouts.models.payee import PAYEES
from payouts.refusals import find_refusals
from payouts.transit import book_transit, get_payee_account

type Checkpoint = Callable[[str], None]
"""A function that is called with the name of each step. Tests use it to kill the process at a step."""


def claim_payout(*, payout_id: int, now: datetime, checkpoint: Checkpoint) -> bool:
    """Claim a planned payout: move it to SENDING, copy the payee's account to it, and book it as in transit.

    The payee's account is locked, so that a change of it happens before or after the claim. If the balance no longer
    covers the payout, move it to FAILED instead.

    Return False if the payout stays as it was, because it is no longer planned, its batch needs approval, or
    `find_stops` says why it is not sent.
    """
    with transaction.atomic():
        payout = Payout.objects.select_related("batch", *PAYEES).get(pk=payout_id)
        batch = lock_batch(payout.batch_id)
        lock_unapproved(batch)
        if needs_approval(batch, now) or find_refusals({batch.pk}):
            return False
        account = PayoutAccount.objects.select_for_update().filter(**payout.payee_columns).first()
        if payout.merchant_id is not None:  # it is not suspended meanwhile
            Merchant.objects.select_for_update(no_key=True).get(pk=payout.merchant_id)
        checkpoint("account locked")
        if _find_stop(payout, account, find_hold(payout), now) or account is None:
            return False
        copied = {
            "holder_name": account.holder_name,
            "number": account.number,
            "bank_code": account.bank_code,
            "country_code": account.country_code,
            "claimed_at": now,
        }
        if not Payout.objects.move(payout_id, PayoutState.PLANNED, PayoutState.SENDING, **copied):
            return False
        checkpoint("inside claim")
        payee = Account.objects.select_for_update().get(pk=get_payee_account(payout).pk)
        if get_payable_balance(payee) < payout.amount_minor:
            values = {"failure_code": FailureCode.BALANCE, "settled_at": now}
            Payout.objects.move(payout_id, PayoutState.SENDING, PayoutState.FAILED, **values)
            return True
        checkpoint("before claim is booked")
        book_transit(payout, PostingKind.PAYOUT, {payee: -payout.amount_minor}, now)
        checkpoint("before claim commits")
    return True


def find_stops(payouts: Iterable[Payout], now: datetime) -> dict[int, str]:
    """Return a sentence for each planned payout that cannot be sent now, by its id. It says why and what to do."""
    planned = [payout for payout in payouts if payout.state == PayoutState.PLANNED]
    accounts = {
        account.payee_key: account
        for account in PayoutAccount.objects.filter(
            Q(creator__in=[payout.creator_id for payout in planned])
            | Q(agency__in=[payout.agency_id for payout in planned])
            | Q(merchant__in=[payout.merchant_id for payout in planned])
        )
    }
    held = set(Hold.objects.active().values_list("creator", flat=True))
    suspended = dict(Merchant.objects.filter(state=MerchantState.SUSPENDED).values_list("pk", "decision_reason"))
    refusals = find_refusals({payout.batch_id for payout in planned})
    stops = {
        payout.pk: refusals.get(payout.batch_id)
        or _find_stop(
            payout,
            accounts.get(payout.payee_key),
            _explain_hold(payout, held, suspended),
            now,
        )
        for payout in planned
    }
    return {pk: stop for pk, stop in stops.items() if stop}


def is_account_changed(payout: Payout, account: PayoutAccount) -> bool:
    return payout.account_version != account.version


def find_hold(payout: Payout) -> str:
    """Return why the payee's pay is on hold, or ""."""
    held = Hold.objects.active().filter(creator=payout.creator_id).values_list("creator", flat=True)
    suspended = Merchant.objects.filter(payouts=payout, state=MerchantState.SUSPENDED)
    return _explain_hold(payout, set(held), dict(suspended.values_list("pk", "decision_reason")))


def _explain_hold(payout: Payout, held: Collection[int], suspended: Mapping[int, str]) -> str:
    """Return the sentence for a payee whose pay is on hold. `suspended` are merchants with the reasons."""
    if payout.merchant_id is not None and payout.merchant_id in suspended:
        return _("The merchant is suspended: %(reason)s") % {"reason": suspended[payout.merchant_id] or "–"}
    return _("The creator's pay is on hold.") if payout.creator_id in held else ""


def _find_stop(payout: Payout, account: PayoutAccount | None, hold: str, now: datetime) -> str:
    if account is None:
        return _("The payee has no payout account any more. Drop this payout.")
    if not account.is_readable:
        return _("The account number can't be decrypted. Ask the operator for the key that was used before.")
    if payout.batch.uses_files and not account.has_bank_name:
        return _("The account holder's name isn't in Latin letters, which banks need. The payee must enter it again.")
    if hold:
        return hold
    if account.payouts_from is not None and account.payouts_from > now:
        until = date_format(localtime(account.payouts_from), "SHORT_DATETIME_FORMAT")
        return _("Staff changed the account, so payouts wait until %(until)s.") % {"until": until}
    if is_account_changed(payout, account):
        return _("The account was changed after this payout was planned. Confirm the new account, or plan it again.")
    return ""
