"""Approval of payout batches by a second person. It holds for exactly the payouts and accounts that were approved.

Without it, at most PAYOUT_APPROVAL_ABOVE_MINOR of a currency leaves in any 24 hours, from all batches together: nobody
sends a large batch alone in slices, by dropping payouts of it or by planning small ones.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.models import Batch, Payout, PayoutState
from payouts.models.payee import is_paid_to

APPROVAL_PERIOD = timedelta(hours=24)
"""For how long what was sent without approval counts."""


class BatchRefused(Exception):
    """A refused action on a batch. Nothing was changed. The message says why."""


def needs_approval(batch: Batch, now: datetime) -> bool:
    """Return whether the batch must be approved before its planned payouts are sent."""
    return batch.approved_at is None and find_batches_to_approve(now).filter(pk=batch.pk).exists()


def find_batches_to_approve(now: datetime) -> QuerySet[Batch]:
    """Return the batches without approval that are too large, with what other such batches sent in the last 24 hours.

    A batch counts in full, without the payouts that were dropped. What failed counts, too: a file may have paid it.
    """
    is_claimed = Q(state__in=set(PayoutState) - {PayoutState.PLANNED, PayoutState.DROPPED})
    recent = Payout.objects.filter(
        is_claimed,
        claimed_at__gt=now - APPROVAL_PERIOD,
        currency=OuterRef("currency"),
        batch__approved_at=None,
    ).exclude(batch=OuterRef("pk"))
    total = _sum_of(Payout.objects.not_dropped().filter(batch=OuterRef("pk"))) + _sum_of(recent)
    unapproved = Batch.objects.filter(approved_at=None).annotate(unapproved_minor=total)
    return unapproved.filter(unapproved_minor__gt=settings.PAYOUT_APPROVAL_ABOVE_MINOR)


def _sum_of(payouts: QuerySet[Payout]) -> Coalesce:
    sums: QuerySet[Payout, Any] = payouts.order_by().values("currency").annotate(sum=Sum("amount_minor")).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0))


def get_digest(batch: Batch) -> str:
    """Return a short hash of what an approval would be for: each payout, its amount and the version of its account."""
    payouts = batch.payouts.not_dropped().order_by("pk").values_list("pk", "amount_minor", "account_version")
    return sha256(repr(list(payouts)).encode()).hexdigest()[:16]


def find_approval_refusal(batch: Batch, user: User) -> str:
    """Return why the user can't approve the batch, or "" if they can."""
    if batch.approved_at is not None:
        return _("This batch has already been approved.")
    if batch.created_by_id == user.pk:
        return _("You can't approve a batch that you planned.")
    if batch.payouts.not_dropped().filter(is_paid_to(user)).exists():
        return _("You can't approve a batch that pays you.")
    if batch.payouts.planned().filter(decided_by=user).exists():
        return _("You confirmed an account in this batch, so somebody else must approve it.")
    return ""


def confirm_approval(*, batch: Batch, approved_by: User, seen: str | None, now: datetime) -> None:
    """Approve a locked batch. Raises BatchRefused."""
    if refusal := find_approval_refusal(batch, approved_by):
        raise BatchRefused(refusal)
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


def lock_unapproved(batch: Batch) -> None:
    """Let only one payout of a currency's unapproved batches be claimed at a time, because they share one limit."""
    if batch.approved_at is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('payouts.unapproved'), hashtext(%s))", [batch.currency]
            )
