"""Template tag for listings on staff pages: `{% load listings %}`."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, drop_empty
from catalog.models import ChangeState, ListingChange

register = template.Library()


@register.simple_tag
def waiting_listings(user: User) -> list[WaitingWork]:
    """Return the products and changes of merchants that wait for this member of staff."""
    if not user.has_perm("catalog.change_listingchange"):
        return []
    count = ListingChange.objects.filter(state=ChangeState.IN_REVIEW).count()
    url = reverse("admin:catalog_listingchange_changelist") + "?state__exact=in_review"
    return drop_empty(WaitingWork(_("Products of merchants to review"), count, url))
