"""Approval of payout batches by a second person. It holds for exactly the payouts and accounts that were approved."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.models import Batch


class BatchRefused(Exception):
    """A refused action on a batch. Nothing was changed. The message says why."""


def needs_approval(batch: Batch) -> bool:
    """Return whether the batch must be approved before it is sent.

    Approval is needed if the total is more than PAYOUT_APPROVAL_ABOVE_MINOR and nobody has approved the batch yet.
    """
    return batch.approved_at is None and get_total_minor(batch) > settings.PAYOUT_APPROVAL_ABOVE_MINOR


def get_total_minor(batch: Batch) -> int:
    """Return the total of the batch in minor units, without the payouts that were dropped."""
    return sum(batch.payouts.not_dropped().values_list("amount_minor", flat=True))


def get_digest(batch: Batch) -> str:
    """Return a short hash of what an approval would be for: each payout, its amount and the version of its account."""
    payouts = batch.payouts.not_dropped().order_by("pk").values_list("pk", "amount_minor", "account_version")
    return sha256(repr(list(payouts)).encode()).hexdigest()[:16]


def confirm_approval(*, batch: Batch, approved_by: User, seen: str | None, now: datetime) -> None:
    """Approve a locked batch. Raises BatchRefused."""
    if batch.created_by_id == approved_by.pk:
        raise BatchRefused(_("You can't approve a batch that you planned."))
    is_payee = Q(creator__user=approved_by) | Q(agency__user=approved_by)
    if batch.payouts.not_dropped().filter(is_payee).exists():
        raise BatchRefused(_("You can't approve a batch that pays you."))
    if batch.payouts.planned().filter(decided_by=approved_by).exists():
        raise BatchRefused(_("You confirmed an account in this batch, so somebody else must approve it."))
    if batch.approved_at is not None:
        raise BatchRefused(_("This batch has already been approved."))
    if seen is not None and seen != get_digest(batch):
        raise BatchRefused(
            _("The batch was changed after you opened this page. Look at it again before you approve it.")
        )
    Batch.objects.filter(pk=batch.pk).update(approved_by=approved_by, approved_at=now)


def void_approval(batch: Batch) -> None:
    """Take back the approval of a locked batch, because its payouts or their accounts have changed."""
    Batch.objects.filter(pk=batch.pk).update(approved_by=None, approved_at=None)


def require_files(batch: Batch) -> None:
    """Raise BatchRefused if the payouts of the batch do not reach the bank as a file."""
    if not batch.uses_files:
        raise BatchRefused(_("This batch is not paid by a file, so there is none to download or to upload."))


def lock_batch(batch_id: int) -> Batch:
    """Lock and return a batch. Whoever changes, approves or sends its payouts locks it first."""
    return Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
