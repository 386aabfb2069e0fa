"""Refunds and returns, planned under the order's lock. `shop.refund_dispatch` sends the money."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from catalog.money import part_reversed
from shop.models import Order, OrderLine, Refund, RefundLine
from shop.states import OrderState, RefundState

type Quantities = Mapping[int, int]
"""Returned quantities by order line id."""


class RefundRefused(Exception):
    """The refund is refused, and nothing was changed. The message says why."""


def plan_refund(
    *,
    order_id: int,
    quantities: Quantities | None = None,
    created_by: User | None,
    now: datetime,
    reason: str = "",
    is_restocked: bool = True,
) -> Refund:
    """Plan a refund of some order lines, or of everything not yet refunded. The caller sends the refund.

    The refund that covers the order's last units includes the shipping fee. Raises RefundRefused, changing nothing.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason, refund.is_restocked = reason, is_restocked
        _count_refund(order, refund, quantities)
    return refund


def cancel_paid_order(*, order_id: int, created_by: User | None, now: datetime) -> Refund:
    """Cancel a paid order within the cancellation period. Plan a full refund and return the goods to stock.

    Raises RefundRefused, changing nothing.
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


def accept_return(*, refund_id: int, created_by: User, now: datetime) -> Refund:
    """Accept a return request and plan the refund. Raises RefundRefused if the request was already answered."""
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
    """Record a shopper's request to return units. Raises RefundRefused, for example after the return window."""
    with transaction.atomic():
        lines = _select_lines(Order.objects.select_for_update().get(pk=order.pk), quantities)
        if any(line.payable_at is None or line.payable_at <= now for line, _quantity in lines):
            raise RefundRefused(_("The return period for this order has ended."))
        if order.refunds.filter(state=RefundState.REQUESTED).exists():
            raise RefundRefused(_("You have already requested a return. We will reply by e-mail."))
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


def refuse_return(*, refund_id: int, created_by: User, now: datetime) -> bool:
    """Refuse a return request. Return False if it was already answered."""
    return Refund.objects.move(
        refund_id, RefundState.REQUESTED, RefundState.REFUSED, created_by=created_by, settled_at=now
    )


def plan_late_refund(*, order: Order, amount_minor: int, now: datetime) -> Refund:
    """Plan a refund of money that arrived after the order was cancelled and its goods were restocked."""
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
    """Save the refund's lines and amounts, and add them to the locked order's refunded totals. Raises RefundRefused."""
    lines = _select_lines(order, quantities)
    returned = {line.pk: quantity for line, quantity in lines}
    is_all = all(line.refundable_quantity == returned.get(line.pk, 0) for line in order.lines.all())
    refund.goods_minor = sum(line.unit_price_minor * quantity for line, quantity in lines)
    refund.shipping_minor = order.shipping_minor if is_all else 0
    left_minor = order.total_minor - order.refunded_minor
    taxed_minor = order.goods_minor + order.shipping_minor
    tax_minor = part_reversed(order.tax_minor, refund.goods_minor + refund.shipping_minor, taxed_minor)
    refund.tax_minor = left_minor - refund.goods_minor - refund.shipping_minor if is_all else tax_minor
    refund.amount_minor = refund.goods_minor + refund.shipping_minor + refund.tax_minor
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
    """Return the lines to refund with their quantities, ordered by product id. Raises RefundRefused."""
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
