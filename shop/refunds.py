"""Functions that plan refunds and handle return requests. `shop.refund_dispatch` sends the money.

A refund is planned under a lock on the order, so that two refunds together cannot exceed what was paid.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from catalog.money import part_reversed
from catalog.prices import format_money
from shop.models import Order, OrderLine, Refund, RefundLine
from shop.states import OrderState, RefundState

type Quantities = Mapping[int, int]
"""A mapping from order line ids to the quantities to refund."""


class RefundRefused(Exception):
    """A refused refund, return or cancellation. Nothing was changed. The message says why."""


def plan_refund(
    *,
    order_id: int,
    quantities: Quantities | None = None,
    created_by: User | None,
    now: datetime,
    reason: str = "",
    is_restocked: bool = True,
) -> Refund:
    """Plan a refund of `quantities` or, if that is None, of everything not yet refunded. Return the refund.

    The caller sends the refund. The shipping fee is refunded together with the last units of the order. Raises
    RefundRefused without changing anything.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason, refund.is_restocked = reason, is_restocked
        _count_refund(order, refund, quantities)
    return refund


def plan_amount_refund(
    *, order_id: int, amount_minor: int, created_by: User | None, now: datetime, reason: str
) -> Refund:
    """Plan a refund of an amount without goods, as after a complaint. The shopper keeps everything. Return the refund.

    Commissions stay. Raises RefundRefused, also if nothing would be left: then the goods are refunded instead.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.is_settled:
            raise RefundRefused(_("This order has not been paid."))
        left_minor = order.total_minor - order.refunded_minor
        if not 0 < amount_minor < left_minor:
            limit = format_money(left_minor, order.currency)
            raise RefundRefused(
                _("Enter less than %(limit)s. To refund all of it, choose the lines.") % {"limit": limit}
            )
        Order.objects.move(
            order.pk,
            OrderState(order.state),
            OrderState.PARTLY_REFUNDED,
            refunded_minor=order.refunded_minor + amount_minor,
        )
        return Refund.objects.create(
            order=order,
            amount_minor=amount_minor,
            currency=order.currency,
            reason=reason,
            is_restocked=False,
            created_by=created_by,
            created_at=now,
            send_after=now,
        )


def cancel_paid_order(*, order_id: int, created_by: User | None, now: datetime) -> Refund:
    """Cancel an order that was paid a short time ago, and restock its goods. Return the planned full refund.

    Raises RefundRefused, without changing anything, if the cancellation period is over.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state != OrderState.PAID or not order.is_cancellable_at(now):
            raise RefundRefused(_("It is too late to cancel this order. You can return it after it arrives."))
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason = _("You cancelled the order.")
        _count_refund(order, refund, None)
        Order.objects.filter(pk=order_id).update(cancelled_at=now)
    return refund


def accept_return(*, refund_id: int, created_by: User | None, now: datetime) -> Refund:
    """Accept a return request and plan its refund. Return the refund.

    Raises RefundRefused if the request was already answered.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(refunds=refund_id)
        refund = Refund.objects.get(pk=refund_id)
        if refund.state != RefundState.REQUESTED:
            raise RefundRefused(_("This return request has already been answered."))
        quantities = dict(refund.lines.values_list("order_line_id", "quantity"))
        refund.lines.all().delete()
        refund.created_by, refund.send_after = created_by, now
        _count_refund(order, refund, quantities)
    return refund


def request_return(*, order: Order, quantities: Quantities, reason: str, now: datetime) -> Refund:
    """Record a shopper's request to return units of an order. Return it as a refund in the state REQUESTED.

    Raises RefundRefused, for example if the return period is over or another request is still open.
    """
    with transaction.atomic():
        lines = _select_lines(Order.objects.select_for_update().get(pk=order.pk), quantities)
        if any(line.payable_at is None or line.payable_at <= now for line, _quantity in lines):
            raise RefundRefused(_("The return period for this order has ended."))
        if order.refunds.filter(state=RefundState.REQUESTED).exists():
            raise RefundRefused(_("You have already requested a return. We will reply by email."))
        refund = Refund.objects.create(
            order=order,
            state=RefundState.REQUESTED,
            currency=order.currency,
            reason=reason,
            created_at=now,
            send_after=now,
        )
        RefundLine.objects.bulk_create(
            RefundLine(refund=refund, order_line=line, quantity=quantity, amount_minor=0, commission_minor=0)
            for line, quantity in lines
        )
    return refund


def refuse_return(*, refund_id: int, created_by: User, now: datetime, reason: str = "") -> bool:
    """Refuse a return request for a reason that the shopper reads. Return False if it was already answered."""
    return Refund.objects.move(
        refund_id,
        RefundState.REQUESTED,
        RefundState.REFUSED,
        created_by=created_by,
        decline_reason=reason,
        settled_at=now,
    )


def plan_late_refund(*, order: Order, amount_minor: int, now: datetime) -> Refund:
    """Plan and return a refund of a payment that arrived after its order was cancelled.

    The goods are not restocked, because the cancellation has already done that.
    """
    Order.objects.filter(pk=order.pk).update(refunded_minor=amount_minor)
    return Refund.objects.create(
        order=order,
        amount_minor=amount_minor,
        currency=order.currency,
        reason=_("The payment arrived after the order was cancelled."),
        is_restocked=False,
        created_at=now,
        send_after=now,
    )


def _count_refund(order: Order, refund: Refund, quantities: Quantities | None) -> None:
    """Plan the refund: save its lines and amounts, and add the amounts to the order's refunded totals.

    The caller must have locked the order. Raises RefundRefused.
    """
    lines = _select_lines(order, quantities)
    returned = {line.pk: quantity for line, quantity in lines}
    is_all = all(line.refundable_quantity == returned.get(line.pk, 0) for line in order.lines.all())
    refund.goods_minor = sum(line.unit_price_minor * quantity for line, quantity in lines)
    refund.shipping_minor = order.shipping_minor if is_all else 0
    left_minor = order.total_minor - order.refunded_minor
    taxed_minor = order.goods_minor + order.shipping_minor
    tax_minor = part_reversed(order.tax_minor, refund.goods_minor + refund.shipping_minor, taxed_minor)
    amount_minor = min(left_minor, refund.goods_minor + refund.shipping_minor + tax_minor)
    refund.amount_minor = left_minor if is_all else amount_minor
    # Less is left than the goods cost if an amount was refunded before without goods.
    refund.goods_minor = min(refund.goods_minor, refund.amount_minor)
    refund.shipping_minor = min(refund.shipping_minor, refund.amount_minor - refund.goods_minor)
    refund.tax_minor = refund.amount_minor - refund.goods_minor - refund.shipping_minor
    refund.state = RefundState.PLANNED
    refund.save()
    for line, quantity in lines:
        _count_line(refund, line, quantity)
    Order.objects.move(
        order.pk,
        OrderState(order.state),
        OrderState.REFUNDED if is_all else OrderState.PARTLY_REFUNDED,
        refunded_minor=order.refunded_minor + refund.amount_minor,
    )


def _select_lines(order: Order, quantities: Quantities | None) -> list[tuple[OrderLine, int]]:
    """Return pairs of an order line and the quantity to refund, ordered by product id. Raises RefundRefused.

    If `quantities` is None, the pairs contain everything that is not yet refunded.
    """
    if not order.is_settled:
        raise RefundRefused(_("This order has not been paid."))
    lines = list(order.lines.order_by("product_id"))
    requested = {line.pk: line.refundable_quantity for line in lines} if quantities is None else quantities
    chosen = [(line, requested[line.pk]) for line in lines if requested.get(line.pk, 0)]
    if not chosen or set(requested) - {line.pk for line in lines}:
        raise RefundRefused(_("There is nothing left to refund."))
    if any(not 0 < quantity <= line.refundable_quantity for line, quantity in chosen):
        raise RefundRefused(_("You can't refund more than was bought."))
    return chosen


def _count_line(refund: Refund, line: OrderLine, quantity: int) -> None:
    before, after = line.refunded_quantity, line.refunded_quantity + quantity

    def part_of(total_minor: int) -> int:
        return part_reversed(total_minor, after, line.quantity) - part_reversed(total_minor, before, line.quantity)

    RefundLine.objects.create(
        refund=refund,
        order_line=line,
        quantity=quantity,
        amount_minor=line.unit_price_minor * quantity,
        commission_minor=part_of(line.commission_minor),
        agency_minor=part_of(line.agency_minor),
    )
    OrderLine.objects.filter(pk=line.pk).update(refunded_quantity=after)
    if refund.is_restocked:
        Product.objects.return_stock(line.product_id, quantity)
