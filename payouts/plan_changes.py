"""Changes to planned payouts by finance: drop one, some or all of a batch, and confirm an account that was changed.

Each change locks the batch first, as sending does, and voids its approval.
"""

import logging
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from payouts.approvals import BatchRefused, lock_batch, void_approval
from payouts.claims import is_account_changed
from payouts.models import Batch, Payout, PayoutAccount, PayoutState
from payouts.models.payee import PAYEES, find_users

logger = logging.getLogger(__name__)


def drop_payouts(*, batch_id: int, payout_ids: Collection[int] | None, user: User, reason: str) -> int:
    """Drop planned payouts of a batch, or all that it has if `payout_ids` is None. Return how many were dropped.

    What they would have paid stays in the payees' balances, for a later batch. Raises BatchRefused without a reason, or
    if one of them is no longer planned: then none is dropped.
    """
    if not reason.strip():
        raise BatchRefused(_("Enter a reason."))
    with transaction.atomic():
        return drop_planned(batch=lock_batch(batch_id), payout_ids=payout_ids, user=user, reason=reason.strip())


def drop_planned(*, batch: Batch, payout_ids: Collection[int] | None, user: User, reason: str) -> int:
    """Drop planned payouts of a locked batch. Raises BatchRefused."""
    if payout_ids is None:
        payout_ids = list(batch.payouts.planned().values_list("pk", flat=True))
    else:
        payout_ids = list(batch.payouts.filter(pk__in=payout_ids).values_list("pk", flat=True))
    if not payout_ids:
        raise BatchRefused(_("None of these payouts is planned any more. Nothing was dropped."))
    for payout_id in payout_ids:
        values = {"decided_by": user, "decision_reason": reason}
        if not Payout.objects.move(payout_id, PayoutState.PLANNED, PayoutState.DROPPED, **values):
            raise BatchRefused(_("A payout was sent or dropped in the meantime. Nothing was dropped; look again."))
    void_approval(batch)
    logger.info("payouts dropped", extra={"batch": batch.pk, "payouts": payout_ids, "user": user.pk})
    return len(payout_ids)


def confirm_account(*, payout_id: int, version: int, user: User) -> None:
    """Let a planned payout go to the account that its payee has now, of which the user has seen `version`.

    Raises BatchRefused if the payout is no longer planned, its account is as planned, or was changed once more.
    """
    with transaction.atomic():
        payout = Payout.objects.select_related(*PAYEES).get(pk=payout_id)
        batch = lock_batch(payout.batch_id)
        if user in find_users(payout.payee):
            raise BatchRefused(_("You can't confirm the account of a payout that pays you."))
        account = PayoutAccount.objects.select_for_update().filter(**payout.payee_columns).first()
        if account is None or not is_account_changed(payout, account):
            raise BatchRefused(_("The account is the one that was planned. There is nothing to confirm."))
        if account.version != version:
            raise BatchRefused(_("The account was changed once more. Look at it again before you confirm it."))
        values = {
            "holder_name": account.holder_name,
            "number": account.number,
            "bank_code": account.bank_code,
            "country_code": account.country_code,
            "account_version": account.version,
            "decided_by": user,
            "decision_reason": gettext_noop("Confirmed the new account."),
        }
        if not Payout.objects.filter(pk=payout_id).planned().update(**values):
            raise BatchRefused(_("This payout is no longer planned."))
        void_approval(batch)
    logger.info("payout account confirmed", extra={"payout": payout_id, "version": version, "user": user.pk})
