"""High commission rates of categories. All later sales pay by them, so a second person approves what is above a limit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, explain_outdated, find_open, propose
from catalog.models import Category
from catalog.money import percent_of


class HighCommissionRate(ProposalKind):
    code = "commission_rate"
    label = gettext_lazy("Commission rate above the limit")
    propose_permission = "catalog.change_category"
    approve_permission = "creators.approve_terms"  # it is what creators are paid

    def title(self, changes: Mapping[str, Any]) -> str:
        return Category.objects.get(pk=changes["category"]).local_name

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        rates = {"new": f"{percent_of(changes['rate_bps'])}%", "old": f"{percent_of(basis['rate_bps'])}%"}
        return f"{_('Commission rate')}: {_('%(new)s (until now %(old)s)') % rates}"

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        return [(_("Category"), self.title(changes)), (_("Change"), self.summarize(changes, basis))]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"category": row.pk} if isinstance(row, Category) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        categories = Category.objects.select_for_update(no_key=True) if is_locked else Category.objects.all()
        return {"rate_bps": categories.get(pk=changes["category"]).commission_rate_bps}

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Set the rate. The category is locked, and its rate until now is the one that the approver was shown."""
        changes = proposal.changes
        Category.objects.filter(pk=changes["category"]).update(commission_rate_bps=changes["rate_bps"])


def find_limit_bps() -> int:
    """Return the highest rate that one person may set, in basis points."""
    return int(settings.COMMISSION_APPROVAL_ABOVE_PERCENT) * 100


def is_rate_waiting(category: Category, *, now: datetime) -> bool:
    """Return whether a rate waits that can still be approved. Another one is replaced by the next."""
    proposal = find_open(kind=HighCommissionRate.code, subject=_subject(category))
    return proposal is not None and not explain_outdated(proposal, now=now)


def propose_rate(*, category: Category, rate_bps: int, proposed_by: User, now: datetime) -> Proposal:
    """Propose a rate for a saved category. Raises ProposalRefused."""
    changes = {"category": category.pk, "rate_bps": rate_bps}
    kind, subject = HighCommissionRate.code, _subject(category)
    return propose(kind=kind, subject=subject, changes=changes, proposed_by=proposed_by, now=now)


def _subject(category: Category) -> str:
    return f"category {category.pk}"
