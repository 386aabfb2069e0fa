"""Larger caps of campaigns with terms. What a campaign may cost grows with them, so a second person approves them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, explain_outdated, find_open, propose
from catalog.prices import format_money
from creators.models import Campaign, Terms
from creators.terms_proposals import read_budget


class CapRaise(ProposalKind):
    code = "clips_cap"
    label = gettext_lazy("Larger maximum of a campaign")
    propose_permission = "creators.change_campaign"
    approve_permission = "creators.approve_terms"

    def title(self, changes: Mapping[str, Any]) -> str:
        return Campaign.objects.get(pk=changes["campaign"]).local_title

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        words = {"new": f"{changes['clips_cap']:,}", "old": f"{basis['clips_cap']:,}"}
        return f"{_('Maximum clips in total')}: {_('%(new)s (until now %(old)s)') % words}"

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        terms = Terms.objects.get(pk=basis["terms"])
        new, old = changes["clips_cap"], basis["clips_cap"]
        sums = {
            "new": format_money(terms.fee_minor * new, terms.currency),
            "old": format_money(terms.fee_minor * old, terms.currency),
        }
        return [
            (_("Campaign"), self.title(changes)),
            (_("Fee per approved clip"), format_money(terms.fee_minor, terms.currency)),
            (_("Maximum clips in total"), _("%(new)s (until now %(old)s)") % {"new": f"{new:,}", "old": f"{old:,}"}),
            (_("Maximum in all"), _("%(new)s (until now %(old)s)") % sums),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"campaign": row.pk} if isinstance(row, Campaign) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        return read_budget(changes["campaign"], is_locked=is_locked)

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Raise the cap. The campaign is locked, and its cap and terms are those that the approver was shown."""
        changes = proposal.changes
        Campaign.objects.filter(pk=changes["campaign"]).update(clips_cap=changes["clips_cap"])


def is_raise_waiting(campaign: Campaign, *, now: datetime) -> bool:
    """Return whether a raise waits that can still be approved. Another one is replaced by the next."""
    proposal = find_open(kind=CapRaise.code, subject=_subject(campaign))
    return proposal is not None and not explain_outdated(proposal, now=now)


def propose_cap(*, campaign: Campaign, clips_cap: int, proposed_by: User, now: datetime) -> Proposal:
    """Propose a larger cap for a campaign with terms. Raises ProposalRefused."""
    changes = {"campaign": campaign.pk, "clips_cap": clips_cap}
    subject = _subject(campaign)
    return propose(kind=CapRaise.code, subject=subject, changes=changes, proposed_by=proposed_by, now=now)


def _subject(campaign: Campaign) -> str:
    return f"campaign {campaign.pk}"
