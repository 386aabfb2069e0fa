"""Holds on the pay of creators who are suspended because of fraud."""

from datetime import datetime

from django.utils.translation import gettext_noop

from accounts.models import User
from creators.models import Suspension
from payouts.models import Hold, HoldKind


def hold_pay(*, suspension: Suspension, now: datetime) -> None:
    """Hold the pay of a creator who was suspended because of fraud. Otherwise change nothing."""
    if suspension.is_for_fraud:
        Hold.objects.create(
            creator_id=suspension.creator_id,
            kind=HoldKind.SUSPENSION,
            subject=str(suspension.pk),
            evidence={"reason": suspension.reason},
            placed_at=now,
        )


def lift_hold(*, suspension: Suspension, lifted_by: User, now: datetime) -> None:
    """Release the hold of a suspension that was lifted, unless somebody has released it already."""
    holds = Hold.objects.active().filter(kind=HoldKind.SUSPENSION, subject=str(suspension.pk))
    reason = gettext_noop("The suspension was lifted.")
    holds.update(released_at=now, released_by=lifted_by, release_reason=reason)
