"""Decisions about payouts without an answer, or that came back. Above a limit, a second person approves them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.prices import format_money
from payouts.models import Payout
from payouts.models.payee import find_users
from payouts.outcomes import BankOutcome, OutcomeRefused, check_outcome, decide_outcome


class PayoutOutcome(ProposalKind):
    code = "payout_outcome"
    label = gettext_lazy("Outcome of a payout")
    propose_permission = "payouts.add_payout"
    approve_permission = "payouts.approve_batch"

    def title(self, changes: Mapping[str, Any]) -> str:
        return _get_payout(changes["payout"]).key

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        payout = _get_payout(changes["payout"])
        return f"{_word_outcome(changes)}: {format_money(payout.amount_minor, payout.currency)}"

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"payout": row.pk} if isinstance(row, Payout) else None

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        payout = _get_payout(changes["payout"])
        return [
            (_("Payout"), payout.key),
            (_("Payee"), str(payout.payee)),
            (_("Amount"), format_money(payout.amount_minor, payout.currency)),
            (_("Account"), payout.masked),
            (_("Mark as"), _word_outcome(changes)),
            (_("Bank reference"), changes["reference"] or "–"),
        ]

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        return [user.pk for user in find_users(_get_payout(changes["payout"]).payee)]

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        changes = proposal.changes
        try:
            check_outcome(_get_payout(changes["payout"]), _read_outcome(changes), proposal.proposed_by, now)
        except OutcomeRefused as refusal:
            return str(refusal)
        return ""

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        changes = proposal.changes
        try:
            decide_outcome(
                payout_id=changes["payout"],
                outcome=_read_outcome(changes),
                reference=changes["reference"],
                reason=proposal.reason,
                user=proposal.proposed_by,
                now=now,
            )
        except OutcomeRefused as refusal:
            raise ProposalRefused(str(refusal)) from refusal


def decide_by_staff(
    *, payout_id: int, outcome: BankOutcome, reference: str, reason: str, user: User, now: datetime
) -> Proposal | None:
    """Mark a payout as paid, not sent or returned or, above PAYOUT_APPROVAL_ABOVE_MINOR, return the proposal to do so.

    Raises ProposalRefused.
    """
    payout = _get_payout(payout_id)
    try:
        check_outcome(payout, outcome, user, now)
        if payout.amount_minor <= settings.PAYOUT_APPROVAL_ABOVE_MINOR:
            decide_outcome(payout_id=payout_id, outcome=outcome, reference=reference, reason=reason, user=user, now=now)
            return None
    except OutcomeRefused as refusal:
        raise ProposalRefused(str(refusal)) from refusal
    return propose(
        kind=PayoutOutcome.code,
        subject=payout.key,
        changes={"payout": payout_id, "outcome": outcome.value, "reference": reference},
        reason=reason,
        proposed_by=user,
        now=now,
    )


def _word_outcome(changes: Mapping[str, Any]) -> str:
    return str(_read_outcome(changes).label)


def _read_outcome(changes: Mapping[str, Any]) -> BankOutcome:
    """Return the proposed outcome. Proposals of an older version say only whether the payout was paid."""
    if "is_paid" in changes:
        return BankOutcome.PAID if changes["is_paid"] else BankOutcome.NOT_SENT
    return BankOutcome(changes["outcome"])


def _get_payout(payout_id: int) -> Payout:
    return Payout.objects.select_related("batch", "creator", "agency", "merchant").get(pk=payout_id)
