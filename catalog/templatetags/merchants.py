"""Template tags about merchants, in their area and for staff who decide about them: `{% load merchants %}`."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, count_rows, drop_empty
from catalog.merchants.access import list_memberships
from catalog.merchants.decisions import DECIDE
from catalog.models import Merchant, MerchantMember, MerchantState

register = template.Library()


@register.simple_tag
def waiting_merchants(user: User) -> list[WaitingWork]:
    """Return applications and changes of legal data to decide on, for a user who may."""
    if not user.has_perm(DECIDE):
        return []
    waiting: dict[str, QuerySet[Any]] = {
        "applied": Merchant.objects.filter(state=MerchantState.APPLIED),
        "changes": Merchant.objects.exclude(asked_changes={}),
    }
    counts, url = count_rows(waiting), reverse("admin:catalog_merchant_changelist")
    return drop_empty(
        WaitingWork(_("Merchants that applied"), counts.get("applied", 0), f"{url}?state__exact=applied"),
        WaitingWork(_("Merchants that want to change their name or legal data"), counts.get("changes", 0), url),
    )


@register.simple_tag
def list_merchants(member: MerchantMember) -> Sequence[MerchantMember]:
    """Return all memberships of the member's user, among which they choose."""
    return list(list_memberships(member.user))
