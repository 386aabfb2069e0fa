"""Template tag for refunds that wait for staff: `{% load refunds %}`."""

from django import template
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, drop_empty
from shop.models import Refund
from shop.states import RefundState

register = template.Library()


@register.simple_tag
def waiting_refunds(user: User) -> list[WaitingWork]:
    """Return the returns to decide on and the refunds that failed, for a user who may refund."""
    if not user.has_perm("shop.add_refund"):
        return []
    counts = Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.FAILED)).aggregate(
        requested=Count("pk", filter=Q(state=RefundState.REQUESTED)),
        failed=Count("pk", filter=Q(state=RefundState.FAILED)),
    )
    refunds = reverse("admin:shop_refund_changelist")
    return drop_empty(
        WaitingWork(_("Returns to decide on"), counts["requested"], f"{refunds}?state__exact=requested"),
        WaitingWork(_("Refunds that failed"), counts["failed"], f"{refunds}?state__exact=failed"),
    )
