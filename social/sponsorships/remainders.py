"""What is left of a sponsorship at its end: budget less spent, refunded once. Large amounts need a second person."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.prices import format_money
from shop.models import Prepayment, Refund
from shop.prepayments import plan_prepayment_refund
from shop.refund_reasons import UNSPENT
from shop.refunds import RefundRefused
from shop.states import OrderState
from social.models import Sponsorship, SponsorshipState


def list_unrefunded() -> QuerySet[Sponsorship]:
    """Return the ended sponsorships of which something may be left to refund."""
    settled = (OrderState.PAID, OrderState.PARTLY_REFUNDED)
    ended = Sponsorship.objects.filter(state=SponsorshipState.DONE, refund=None, prepayment__state__in=settled)
    return ended.select_related("place", "prepayment").order_by("pk")


def refund_remainder(*, sponsorship_id: int, now: datetime) -> Refund | None:
    """Plan the refund of what is left, if that needs no second person and the bank does not decide about the payment.

    Return the refund, which the shop sends, or None. A repeated call plans nothing: the row is locked, and has one refund.
    """
    with transaction.atomic():
        sponsorship = _lock(sponsorship_id)
        if sponsorship is None or sponsorship.unspent_minor > settings.REFUND_APPROVAL_ABOVE_MINOR:
            return None
        return _plan(sponsorship, None, now)


def needs_second_person(sponsorship: Sponsorship) -> bool:
    return sponsorship.unspent_minor > settings.REFUND_APPROVAL_ABOVE_MINOR


def propose_remainder(*, sponsorship: Sponsorship, user: User, reason: str, now: datetime) -> Proposal:
    """Propose the refund of a large remainder to a second person. Raises ProposalRefused."""
    return propose(
        kind=LargeRemainder.code,
        subject=sponsorship.code,
        changes={"sponsorship_id": sponsorship.pk, "planned_minor": sponsorship.unspent_minor},
        reason=reason,
        proposed_by=user,
        now=now,
    )


class LargeRemainder(ProposalKind):
    code = "sponsorship_refund"
    label = gettext_lazy("Refund of a sponsorship above the limit")
    propose_permission = "shop.add_refund"
    approve_permission = "shop.approve_refund"

    def title(self, changes: Mapping[str, Any]) -> str:
        return _get(changes).code

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        return f"{_('Refund')}: {format_money(changes['planned_minor'], _get(changes).currency)}"

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"sponsorship_id": row.pk} if isinstance(row, Sponsorship) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        prepayments = Prepayment.objects.select_for_update() if is_locked else Prepayment.objects.all()
        prepayment = prepayments.get(sponsorship=changes["sponsorship_id"])
        return {"refunded_minor": prepayment.refunded_minor}

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        sponsorship = _get(changes)
        return [
            (_("Sponsorship"), f"{sponsorship.code} – {sponsorship.sponsor}"),
            (_("Budget"), format_money(sponsorship.budget_minor, sponsorship.currency)),
            (_("Spent"), format_money(sponsorship.spent_minor, sponsorship.currency)),
            (_("Refund"), format_money(changes["planned_minor"], sponsorship.currency)),
        ]

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        user_id = _get(changes).booked_by_id
        return () if user_id is None else (user_id,)

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        sponsorship = _get(proposal.changes)
        if not list_unrefunded().filter(pk=sponsorship.pk).exists():
            return _("There is nothing left to refund.")
        return ""

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        sponsorship = _lock(proposal.changes["sponsorship_id"])
        if sponsorship is None or sponsorship.unspent_minor != proposal.changes["planned_minor"]:
            raise ProposalRefused(_("There is nothing left to refund."))
        try:
            _plan(sponsorship, proposal.proposed_by, now)
        except RefundRefused as refusal:
            raise ProposalRefused(str(refusal)) from refusal


def _get(changes: Mapping[str, Any]) -> Sponsorship:
    return Sponsorship.objects.select_related("place", "prepayment").get(pk=changes["sponsorship_id"])


def _lock(sponsorship_id: int) -> Sponsorship | None:
    """Return the sponsorship, locked, if something of it may be left to refund."""
    return list_unrefunded().select_for_update(of=("self",)).filter(pk=sponsorship_id).first()


def _plan(sponsorship: Sponsorship, user: User | None, now: datetime) -> Refund | None:
    if not sponsorship.unspent_minor or sponsorship.prepayment is None:
        return None
    refund = plan_prepayment_refund(
        prepayment_id=sponsorship.prepayment.pk,
        amount_minor=sponsorship.unspent_minor,
        created_by=user,
        now=now,
        reason=UNSPENT,
    )
    Sponsorship.objects.filter(pk=sponsorship.pk).update(refund=refund)
    return refund
