"""Template tag for payouts that wait for staff: `{% load finance %}`."""

from typing import Any

from django import template
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, count_rows, drop_empty
from payouts.approvals import find_batches_to_approve
from payouts.models import Batch, Hold, Payout, PayoutState

register = template.Library()


@register.simple_tag
def waiting_payouts(user: User) -> list[WaitingWork]:
    """Return the batches that this user may approve, holds to look into, and payouts that the bank has not answered."""
    waiting: dict[str, QuerySet[Any]] = {}
    if user.has_perm("payouts.approve_batch"):
        waiting["batches"] = Batch.objects.filter(pk__in=_find_large_batches(user))
    if user.has_perm("payouts.release_hold"):
        waiting["holds"] = Hold.objects.active()
    if user.has_perm("payouts.view_payout"):
        waiting["payouts"] = Payout.objects.filter(state=PayoutState.UNKNOWN)
    counts = count_rows(waiting)
    holds = f"{reverse('admin:payouts_hold_changelist')}?released_at__isempty=1"
    payouts = f"{reverse('admin:payouts_payout_changelist')}?state__exact=unknown"
    return drop_empty(
        WaitingWork(
            _("Payout batches to approve"), counts.get("batches", 0), reverse("admin:payouts_batch_changelist")
        ),
        WaitingWork(_("Holds to look into"), counts.get("holds", 0), holds),
        WaitingWork(_("Payouts without an answer from the bank"), counts.get("payouts", 0), payouts),
    )


def _find_large_batches(user: User) -> QuerySet[Any]:
    """Return the keys of the batches that need a second person, who is not the one that planned them."""
    planned = Payout.objects.planned().filter(batch=OuterRef("pk"))
    return find_batches_to_approve(timezone.now()).filter(Exists(planned)).exclude(created_by=user).values("pk")
