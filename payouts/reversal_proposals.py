"""Corrections of the ledger. A posting is reversed only when a second person approves it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.prices import format_money
from payouts.ledger import NotReversible, check_reversible, reverse_posting
from payouts.models import Posting
from payouts.models.payee import find_users


class LedgerReversal(ProposalKind):
    code = "reversal"
    label = gettext_lazy("Reversal of a posting")
    propose_permission = "payouts.reverse_posting"
    approve_permission = "payouts.approve_reversal"

    def title(self, changes: Mapping[str, Any]) -> str:
        posting = _find_posting(changes)
        return f"{posting} – {posting.get_kind_display()}"

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        posting = _find_posting(changes)
        return f"{_('Taken back')}: {format_money(posting.net_minor, posting.currency)}"

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"posting": row.pk} if isinstance(row, Posting) else None

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        posting = _find_posting(changes)
        return [
            (_("Posting"), f"{posting} – {posting.get_kind_display()}"),
            (_("Creator"), str(posting.creator)),
            (_("Taken back"), format_money(posting.net_minor, posting.currency)),
        ]

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        """Return the users of all whom it concerns, who cannot decide on their own money either way."""
        posting = _find_posting(changes)
        return [user.pk for payee in (posting.creator, posting.merchant) if payee for user in find_users(payee)]

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        try:
            check_reversible(posting=_find_posting(proposal.changes), reason=proposal.changes["reason"])
        except NotReversible as refusal:
            return str(refusal)
        return ""

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        posting = _find_posting(proposal.changes)
        try:
            reverse_posting(
                posting=posting, created_by=proposal.proposed_by, reason=proposal.changes["reason"], now=now
            )
        except NotReversible as refusal:
            raise ProposalRefused(str(refusal)) from refusal


def propose_reversal(*, posting: Posting, proposed_by: User, reason: str, now: datetime) -> Proposal:
    """Propose to reverse a posting. Raises ProposalRefused."""
    try:
        check_reversible(posting=posting, reason=reason)
    except NotReversible as refusal:
        raise ProposalRefused(str(refusal)) from refusal
    return propose(
        kind=LedgerReversal.code,
        subject=posting.key,
        changes={"posting": posting.pk, "reason": reason},
        reason=reason,
        proposed_by=proposed_by,
        now=now,
    )


def _find_posting(changes: Mapping[str, Any]) -> Posting:
    return Posting.objects.select_related("creator", "merchant").get(pk=changes["posting"])
