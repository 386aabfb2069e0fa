"""Template tags of the merchants' area: `{% load merchants %}`."""

from collections.abc import Sequence

from django import template

from catalog.merchants.access import list_memberships
from catalog.models import MerchantMember

register = template.Library()


@register.simple_tag
def list_merchants(member: MerchantMember) -> Sequence[MerchantMember]:
    """Return all memberships of the member's user, among which they choose."""
    return list(list_memberships(member.user))
