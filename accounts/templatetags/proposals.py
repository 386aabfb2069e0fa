"""Template tag for proposals that wait for a second person: `{% load proposals %}`."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Proposal, User
from accounts.proposals import proposal_kinds
from accounts.staff_work import WaitingWork, drop_empty

register = template.Library()


@register.simple_tag
def waiting_proposals(user: User) -> list[WaitingWork]:
    """Return the proposals that the user may approve."""
    kinds = [kind.code for kind in proposal_kinds().values() if user.has_perm(kind.approve_permission)]
    count = Proposal.objects.open().filter(kind__in=kinds).exclude(proposed_by=user).count()
    url = f"{reverse('admin:accounts_proposal_changelist')}?state__exact=proposed"
    return drop_empty(WaitingWork(_("Proposals to approve"), count, url))
