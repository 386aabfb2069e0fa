"""Template tag for payouts that wait for staff: `{% load finance %}`."""

from django import template
from django.conf import settings
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, drop_empty
from payouts.models import Batch, Hold, Payout, PayoutState

register = template.Library()


@register.simple_tag
def waiting_payouts(user: User) -> list[WaitingWork]:
    """Return the batches that this user may approve, holds to look into, and payouts that the bank has not answered."""
    works = []
    if user.has_perm("payouts.approve_batch"):
        others = Batch.objects.filter(approved_at=None, payouts__state=PayoutState.PLANNED).exclude(created_by=user)
        large = others.annotate(
            total=Sum("payouts__amount_minor", filter=~Q(payouts__state=PayoutState.DROPPED))
        ).filter(total__gt=settings.PAYOUT_APPROVAL_ABOVE_MINOR)
        works.append(
            WaitingWork(_("Payout batches to approve"), large.count(), reverse("admin:payouts_batch_changelist"))
        )
    if user.has_perm("payouts.release_hold"):
        holds = f"{reverse('admin:payouts_hold_changelist')}?released_at__isempty=1"
        works.append(WaitingWork(_("Holds to look into"), Hold.objects.active().count(), holds))
    if user.has_perm("payouts.view_payout"):
        payouts = f"{reverse('admin:payouts_payout_changelist')}?state__exact=unknown"
        unanswered = Payout.objects.filter(state=PayoutState.UNKNOWN).count()
        works.append(WaitingWork(_("Payouts without an answer from the bank"), unanswered, payouts))
    return drop_empty(*works)
