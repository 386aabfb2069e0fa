"""What is to go back to a shopper: counted against the order under its lock. `shop.refund_dispatch` sends it."""

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
"""How many come back, by order line id."""


class RefundRefused(Exception):
    """Nothing was refunded; the message says why."""


def plan_refund(
    *,
    order_id: int,
    quantities: Quantities | None = None,
    created_by: User | None,
    now: datetime,
    reason: str = "",
    is_restocked: bool = True,
) -> Refund:
    """Plan to refund some lines, or all that is left, and return the refund, ready to be sent.

    The last line to come back brings the shipping fee with it. Raises RefundRefused, changing nothing.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason, refund.is_restocked = reason, is_restocked
        _count(order, refund, quantities)
    return refund


def cancel_paid_order(*, order_id: int, created_by: User | None, now: datetime) -> Refund:
    """Plan all of a paid order's money to go back, within the time to cancel; its goods go back on the shelf.

    Raises RefundRefused, changing nothing.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state != OrderState.PAID or not order.is_cancellable_at(now):
            raise RefundRefused(_("It is too late to cancel this order. You can send it back when it has arrived."))
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason = _("You cancelled the order.")
        _count(order, refund, None)
        Order.objects.filter(pk=order_id).update(cancelled_at=now)
    return refund


def accept_return(*, refund_id: int, created_by: User, now: datetime) -> Refund:
    """Plan the refund that a shopper asked for. Raises RefundRefused when it was answered before."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(refunds=refund_id)
        refund = Refund.objects.get(pk=refund_id)
        if refund.state != RefundState.REQUESTED:
            raise RefundRefused(_("This request was answered already."))
        quantities = dict(refund.lines.values_list("order_line_id", "quantity"))
        refund.lines.all().delete()
        refund.created_by, refund.send_after = created_by, now
        _count(order, refund, quantities)
    return refund


def request_return(*, order: Order, quantities: Quantities, reason: str, now: datetime) -> Refund:
    """Note that the shopper wants to send lines back. Raises RefundRefused outside the return window."""
    with transaction.atomic():
        lines = _lines(Order.objects.select_for_update().get(pk=order.pk), quantities)
        if any(line.payable_at is None or line.payable_at <= now for line, _quantity in lines):
            raise RefundRefused(_("The time to send this order back is over."))
        if order.refunds.filter(state=RefundState.REQUESTED).exists():
            raise RefundRefused(_("You have asked for a return already. We are looking at it."))
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
    return Refund.objects.move(
        refund_id, RefundState.REQUESTED, RefundState.REFUSED, created_by=created_by, settled_at=now
    )


def plan_late_refund(*, order: Order, amount_minor: int, now: datetime) -> Refund:
    """Plan to send back money that came for an order after it was cancelled; its goods went back then."""
    Order.objects.filter(pk=order.pk).update(refunded_minor=amount_minor)
    return Refund.objects.create(
        order=order,
        amount_minor=amount_minor,
        currency=order.currency,
        reason=_("The payment came after the order was cancelled."),
        is_restocked=False,
        created_at=now,
        send_after=now,
    )


def _count(order: Order, refund: Refund, quantities: Quantities | None) -> None:
    """Write the refund's lines and amounts, and count them against the order, whose row is locked."""
    lines = _lines(order, quantities)
    back = {line.pk: quantity for line, quantity in lines}
    is_all = all(line.refundable_quantity == back.get(line.pk, 0) for line in order.lines.all())
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


def _lines(order: Order, quantities: Quantities | None) -> list[tuple[OrderLine, int]]:
    """Return the lines with how many of each come back, by product id. Raises RefundRefused."""
    if not order.is_settled:
        raise RefundRefused(_("This order was not paid."))
    lines = list(order.lines.order_by("product_id"))
    asked = {line.pk: line.refundable_quantity for line in lines} if quantities is None else quantities
    chosen = [(line, asked[line.pk]) for line in lines if asked.get(line.pk, 0)]
    if not chosen or set(asked) - {line.pk for line in lines}:
        raise RefundRefused(_("There is nothing left to refund."))
    if any(not 0 < quantity <= line.refundable_quantity for line, quantity in chosen):
        raise RefundRefused(_("More than was bought cannot be refunded."))
    return chosen


def _count_line(refund: Refund, line: OrderLine, quantity: int) -> None:
    already, becomes = line.refunded_quantity, line.refunded_quantity + quantity

    def part_of(total_minor: int) -> int:
        return part_reversed(total_minor, becomes, line.quantity) - part_reversed(total_minor, already, line.quantity)

    RefundLine.objects.create(
        refund=refund,
        order_line=line,
        quantity=quantity,
        amount_minor=line.unit_price_minor * quantity,
        commission_minor=part_of(line.commission_minor),
        agency_minor=part_of(line.agency_minor),
    )
    OrderLine.objects.filter(pk=line.pk).update(refunded_quantity=becomes)
    if refund.is_restocked:
        Product.objects.return_stock(line.product_id, quantity)
