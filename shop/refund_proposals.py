"""Refunds by staff. If an order's refunds would exceed a limit together, a second person approves the next one."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.prices import format_money
from shop.models import Order, OrderLine, Refund
from shop.refunds import (
    Quantities,
    RefundRefused,
    check_undisputed,
    plan_amount_refund,
    plan_refund,
    refund_return,
)
from shop.seen_refunds import explain_newer_refund
from shop.states import OPEN_RETURNS, REFUNDABLE_RETURNS


@dataclass(frozen=True)
class RefundRequest:
    """What staff ask to refund: `quantities` of the order's lines, or everything that is left if they are None.

    Instead of these: `amount_minor` without any goods, or the return request with the id `return_id`. `is_restocked`
    says that the goods are back and can be sold again; those of a return request are.
    """

    order_id: int
    reason: str
    quantities: Quantities | None = None
    amount_minor: int | None = None
    is_restocked: bool = False
    return_id: int | None = None

    @classmethod
    def of_return(cls, refund: Refund) -> Self:
        """Return the request to refund a shopper's return. Only orders have returns."""
        assert refund.order_id is not None
        return cls(order_id=refund.order_id, reason=refund.reason, return_id=refund.pk)


@dataclass(frozen=True)
class RefundPreview:
    """What a refund comes to: its amount and the tax in it."""

    amount_minor: int
    tax_minor: int
    needs_approval: bool


class LargeRefund(ProposalKind):
    code = "refund"
    label = gettext_lazy("Refund above the limit")
    propose_permission = "shop.add_refund"
    approve_permission = "shop.approve_refund"

    def title(self, changes: Mapping[str, Any]) -> str:
        return Order.objects.get(pk=changes["order_id"]).code

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        order = Order.objects.get(pk=changes["order_id"])
        return f"{_('Refund')}: {format_money(changes['planned_minor'], order.currency)}"

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"order_id": row.pk} if isinstance(row, Order) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        orders = Order.objects.select_for_update() if is_locked else Order.objects.all()
        return {"refunded_minor": orders.get(pk=changes["order_id"]).refunded_minor}

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        order = Order.objects.get(pk=changes["order_id"])
        facts = [
            (_("Order"), f"{order.code} – {order.email}"),
            (_("Refund"), format_money(changes["planned_minor"], order.currency)),
            (_("Order total"), format_money(order.total_minor, order.currency)),
            (_("Refunded until now"), format_money(basis["refunded_minor"], order.currency)),
        ]
        names = dict(OrderLine.objects.filter(order=order).values_list("pk", "product_name"))
        quantities = changes["quantities"] or {}
        facts += [(names[int(line_id)], f"× {quantity}") for line_id, quantity in quantities.items()]
        return facts

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        user_id = Order.objects.get(pk=changes["order_id"]).user_id
        return () if user_id is None else (user_id,)

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        try:
            _check(_read_request(proposal.changes), proposal.proposed_by)
        except RefundRefused as refusal:
            return str(refusal)
        return ""

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        try:
            refund = _plan(_read_request(proposal.changes), proposal.proposed_by, now)
        except RefundRefused as refusal:
            raise ProposalRefused(str(refusal)) from refusal
        if refund.amount_minor != proposal.changes["planned_minor"]:
            raise ProposalRefused(_("The order changed after this was proposed. Refuse it, and propose it again."))


def preview_refund(
    *, request: RefundRequest, user: User | None, now: datetime, seen_refund: int | None = None
) -> RefundPreview:
    """Return what the refund would come to, without planning it. Raises RefundRefused.

    `seen_refund` is the id of the latest refund, or 0, on the page from which the user asks. A newer one refuses theirs.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=request.order_id)
        if seen_refund is not None and (sentence := explain_newer_refund(order, seen_refund)):
            raise RefundRefused(sentence)
        with transaction.atomic():
            refund = _plan(request, user, now)
            transaction.set_rollback(True)
    after_minor = order.refunded_minor + refund.amount_minor
    is_large = after_minor > settings.REFUND_APPROVAL_ABOVE_MINOR
    return RefundPreview(refund.amount_minor, refund.tax_minor, needs_approval=is_large)


def refund_by_staff(
    *, request: RefundRequest, user: User, now: datetime, seen_refund: int | None = None
) -> Refund | Proposal:
    """Plan a refund or, above REFUND_APPROVAL_ABOVE_MINOR, propose it to a second person. Return which was made.

    The limit counts what was refunded before, so that parts do not slip under it. The caller sends a planned refund.
    `seen_refund`: see `preview_refund`. An accepted return needs none, because it is answered only once.

    Raises RefundRefused, or ProposalRefused if a proposal for this order is open.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=request.order_id)
        preview = preview_refund(request=request, user=user, now=now, seen_refund=seen_refund)
        if not preview.needs_approval:
            return _plan(request, user, now)
        return propose(
            kind=LargeRefund.code,
            subject=order.code,
            changes=asdict(request) | {"planned_minor": preview.amount_minor},
            reason=request.reason,
            proposed_by=user,
            now=now,
        )


def _read_request(changes: Mapping[str, Any]) -> RefundRequest:
    values = {name: value for name, value in changes.items() if name != "planned_minor"}
    if values["quantities"] is not None:
        values["quantities"] = {int(line_id): quantity for line_id, quantity in values["quantities"].items()}
    return RefundRequest(**values)


def _check(request: RefundRequest, user: User | None) -> None:
    """Raise RefundRefused if the order can't be refunded by the user now, or the return request has been answered."""
    order = Order.objects.get(pk=request.order_id)
    if user is not None and order.user_id == user.pk:
        raise RefundRefused(_("This is an order of your own. A colleague has to refund it."))
    check_undisputed(order)
    returns = dict(order.refunds.filter(state__in=OPEN_RETURNS).values_list("pk", "state"))
    if request.return_id is None and returns:
        raise RefundRefused(_("The shopper has asked to return items of this order. Answer that first."))
    if request.return_id is not None and returns.get(request.return_id) not in REFUNDABLE_RETURNS:
        raise RefundRefused(_("This return request has already been answered."))


def _plan(request: RefundRequest, user: User | None, now: datetime) -> Refund:
    """Plan the refund. Raises RefundRefused."""
    _check(request, user)
    if request.return_id is not None:
        return refund_return(refund_id=request.return_id, created_by=user, now=now)
    if request.amount_minor is not None:
        return plan_amount_refund(
            order_id=request.order_id,
            amount_minor=request.amount_minor,
            created_by=user,
            now=now,
            reason=request.reason,
        )
    return plan_refund(
        order_id=request.order_id,
        quantities=request.quantities,
        created_by=user,
        now=now,
        reason=request.reason,
        is_restocked=request.is_restocked,
    )
