"""Template tag for proposals that wait for a second person: `{% load proposals %}`."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django import template
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Proposal, User
from accounts.proposals import proposal_kinds, visible_kinds, word_proposal
from accounts.staff_work import WaitingWork, drop_empty

register = template.Library()


@dataclass(frozen=True)
class OpenProposal:
    """A proposal that waits for a second person, in words. `url` is empty for readers who may not see its page."""

    name: str
    summary: str
    proposed_by: str
    proposed_at: datetime
    url: str


@dataclass(frozen=True)
class ProposalDesk:
    """What a member of staff may approve, and what they proposed themselves."""

    to_approve: list[WaitingWork]
    own: list[OpenProposal]


@register.simple_tag
def waiting_proposals(user: User) -> ProposalDesk:
    """Return the proposals that the user may approve, and their own that wait, newest first. Takes one query."""
    kinds = [kind.code for kind in proposal_kinds().values() if user.has_perm(kind.approve_permission)]
    rows = list(Proposal.objects.on_desk_of(user, kinds)[:20])
    url = f"{reverse('admin:accounts_proposal_changelist')}?state__exact=proposed"
    return ProposalDesk(
        to_approve=drop_empty(WaitingWork(_("Proposals to approve"), rows[0].others_count if rows else 0, url)),
        own=[_word(proposal, user) for proposal in rows if proposal.is_own],
    )


@register.simple_tag
def proposals_about(row: Model | None, user: User) -> list[OpenProposal]:
    """Return the proposals about the row of an admin page that wait for a second person."""
    if row is None:
        return []
    parts = {kind.code: part for kind in proposal_kinds().values() if (part := kind.about(row))}
    if not parts:
        return []
    is_about = reduce(or_, (Q(kind=code, changes__contains=part) for code, part in parts.items()))
    proposals = Proposal.objects.open().filter(is_about).select_related("proposed_by").order_by("kind", "pk")
    return [_word(proposal, user) for proposal in proposals]


def _word(proposal: Proposal, user: User) -> OpenProposal:
    title, summary = word_proposal(proposal)
    return OpenProposal(
        name=f"{proposal_kinds()[proposal.kind].label}: {title}",
        summary=summary,
        proposed_by=str(proposal.proposed_by),
        proposed_at=proposal.proposed_at,
        url=reverse("admin:accounts_proposal_change", args=[proposal.pk])
        if proposal.kind in visible_kinds(user)
        else "",
    )
