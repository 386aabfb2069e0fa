"""Functions that plan refunds and answer return requests. `shop.refund_dispatch` sends the money.

A refund is planned under a lock on the order, so that two refunds together cannot exceed what was paid.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import StockMovementKind
from catalog.money import part_reversed
from catalog.prices import format_money
from catalog.stock_movements import lock_variants, return_stock
from shop.buyers import note_buyer_on_commit
from shop.delivery.summary import has_packed_units, update_summary
from shop.delivery.units import take_refunded_units
from shop.invoices import issue_credit_notes
from shop.models import Order, OrderLine, Refund, RefundLine
from shop.models.refund import RefundNotice
from shop.refund_reasons import CANCELLED, PAID_TOO_LATE
from shop.refund_shares import ChargeParts
from shop.seller_parts import add_parts, describe_parts, divide_amount, divide_goods, save_shares, write_taxes
from shop.states import OPEN_RETURNS, REFUNDABLE_RETURNS, OrderState, RefundState

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

    The caller sends the refund. The shipping fee is refunded together with the last units of the order. The refund is 0
    and done at once if everything was refunded before without goods. Raises RefundRefused without changing anything.
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
        parts = describe_parts(order, list(order.lines.all()))
        if amount_minor % (step_minor := parts[0].order.step_minor):
            step = format_money(step_minor, order.currency)
            raise RefundRefused(_("The payment service pays back in steps of %(step)s.") % {"step": step})
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason, refund.is_restocked = reason, False
        divided = divide_amount(parts, amount_minor)
        _set_parts(refund, order, add_parts(divided))
        refund.save()
        save_shares(refund, divided)
        Order.objects.move(
            order.pk,
            OrderState(order.state),
            OrderState.PARTLY_REFUNDED,
            refunded_minor=order.refunded_minor + amount_minor,
        )
        issue_credit_notes(refund=refund, now=now)
    return refund


def cancel_paid_order(*, order_id: int, created_by: User | None, now: datetime) -> Refund:
    """Cancel an order that was paid a short time ago, and restock its goods. Return the planned full refund.

    Raises RefundRefused, without changing anything, if the cancellation period is over.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state != OrderState.PAID or not order.is_cancellable_at(now):
            raise RefundRefused(_("It is too late to cancel this order. You can return it after it arrives."))
        if has_packed_units(order_id):
            raise RefundRefused(_("This order is packed already. You can return it after it arrives."))
        refund = Refund(order=order, currency=order.currency, created_by=created_by, created_at=now, send_after=now)
        refund.reason = CANCELLED
        _count_refund(order, refund, None)
        order.refunds.filter(state__in=OPEN_RETURNS).update(
            state=RefundState.REFUSED, decline_reason=refund.reason, last_notice=RefundNotice.DECLINED, settled_at=now
        )
        Order.objects.filter(pk=order_id).update(cancelled_at=now)
    return refund


def refund_return(*, refund_id: int, created_by: User | None, now: datetime) -> Refund:
    """Plan the refund of a return: of what arrived or, if it was only requested, of all of it. Return the refund.

    Raises RefundRefused if the return is refunded or declined already, or if it is still awaited.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(refunds=refund_id)
        refund = Refund.objects.get(pk=refund_id)
        if refund.state not in REFUNDABLE_RETURNS or not Refund.objects.move(
            refund_id, RefundState(refund.state), RefundState.PLANNED
        ):
            raise RefundRefused(_("This return request has already been answered."))
        quantities = {
            line.order_line_id: line.quantity if line.received_quantity is None else line.received_quantity
            for line in refund.lines.all()
        }
        refund.lines.all().delete()
        refund.created_by, refund.send_after = created_by, now
        _count_refund(order, refund, quantities, is_return=True)
    return refund


def check_undisputed(order: Order) -> None:
    """Raise RefundRefused if the bank decides about the order's payment. It would refuse a refund of ours until then."""
    if order.state == OrderState.DISPUTED:
        raise RefundRefused(
            _("This payment is disputed, and the bank decides about it. It can't be refunded until then.")
        )


def plan_late_refund(*, order: Order, amount_minor: int, now: datetime) -> Refund:
    """Plan and return a refund of a payment that arrived after its order was cancelled.

    The goods are not restocked, because the cancellation has already done that.
    """
    refund = Refund(order=order, currency=order.currency, created_at=now, send_after=now, is_restocked=False)
    refund.reason = PAID_TOO_LATE
    _set_parts(refund, order, add_parts(divide_amount(describe_parts(order, list(order.lines.all())), amount_minor)))
    refund.save()
    Order.objects.filter(pk=order.pk).update(refunded_minor=amount_minor)
    return refund


def _count_refund(order: Order, refund: Refund, quantities: Quantities | None, *, is_return: bool = False) -> None:
    """Plan the refund: save its lines and amounts, add the amounts to the order's refunded totals, issue the credit note.

    The caller must have locked the order. Raises RefundRefused.
    """
    lines = _select_lines(order, quantities)
    returned = {line.pk: quantity for line, quantity in lines}
    all_lines = [(line, returned.get(line.pk, 0)) for line in order.lines.order_by("pk")]
    is_all = all(line.refundable_quantity == quantity for line, quantity in all_lines)
    divided = divide_goods(describe_parts(order, [line for line, _quantity in all_lines]), all_lines)
    _set_parts(refund, order, add_parts(divided))
    refund.save()
    save_shares(refund, divided, all_lines)
    if refund.is_restocked:
        lock_variants([line.variant_id for line, _quantity in lines])
    for line, quantity in lines:
        _count_line(refund, line, quantity, is_return=is_return)
    Order.objects.move(
        order.pk,
        OrderState(order.state),
        OrderState.REFUNDED if is_all else OrderState.PARTLY_REFUNDED,
        refunded_minor=order.refunded_minor + refund.amount_minor,
    )
    update_summary(order_id=order.pk, now=refund.send_after)
    issue_credit_notes(refund=refund, now=refund.send_after)
    note_buyer_on_commit(order)


def _set_parts(refund: Refund, order: Order, parts: ChargeParts) -> None:
    """Set the amounts of the refund and its state: a refund of 0 is done, any other is to be sent."""
    refund.goods_minor, refund.shipping_minor = parts.goods_minor, parts.shipping_minor
    refund.tax_minor = parts.tax_minor
    refund.taxes = write_taxes(parts.taxes)
    refund.amount_minor = parts.amount_minor(is_tax_included=order.prices_include_tax)
    refund.state = RefundState.PLANNED if refund.amount_minor else RefundState.DONE
    refund.settled_at = None if refund.amount_minor else refund.send_after


def _select_lines(order: Order, quantities: Quantities | None) -> list[tuple[OrderLine, int]]:
    """Return pairs of an order line and the quantity to refund, ordered by product id. Raises RefundRefused.

    If `quantities` is None, the pairs contain everything that is not yet refunded.
    """
    if not order.is_settled:
        raise RefundRefused(_("This order has not been paid."))
    lines = list(order.lines.order_by("product_id", "variant_id"))
    requested = {line.pk: line.refundable_quantity for line in lines} if quantities is None else quantities
    chosen = [(line, requested[line.pk]) for line in lines if requested.get(line.pk, 0)]
    if not chosen or set(requested) - {line.pk for line in lines}:
        raise RefundRefused(_("There is nothing left to refund."))
    if any(not 0 < quantity <= line.refundable_quantity for line, quantity in chosen):
        raise RefundRefused(_("You can't refund more than was bought."))
    return chosen


def _count_line(refund: Refund, line: OrderLine, quantity: int, *, is_return: bool) -> None:
    before, after = line.refunded_quantity, line.refunded_quantity + quantity

    def part_of(total_minor: int) -> int:
        return part_reversed(total_minor, after, line.quantity) - part_reversed(total_minor, before, line.quantity)

    RefundLine.objects.create(
        refund=refund,
        order_line=line,
        quantity=quantity,
        amount_minor=part_of(line.amount_minor),
        tax_minor=part_of(line.tax_minor),
        commission_minor=part_of(line.commission_minor),
        agency_minor=part_of(line.agency_minor),
    )
    sent = take_refunded_units(line_id=line.pk, quantity=quantity, is_return=is_return, now=refund.send_after)
    OrderLine.objects.filter(pk=line.pk).update(
        refunded_quantity=after, returned_quantity=F("returned_quantity") + sent
    )
    if refund.is_restocked:
        kind = StockMovementKind.RETURNED
        return_stock(line.variant_id, quantity, kind=kind, order_code=line.order.code, now=refund.send_after)
