"""What each seller of an order was paid, and bears of its refunds.

A merchant's part of an order is its lines with their tax. The house's part is the rest: its own lines, and the shipping.
Each part is divided as an order of its own, so the parts add up to the order and its refunds to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import HOUSE_ID, seller_of
from catalog.money import part_reversed, running_shares
from shop.models import Order, OrderLine, Refund, RefundShare
from shop.models.payment import NO_PROVIDER
from shop.providers import get_payment_provider
from shop.refund_shares import ChargeParts, PaidLine, PaidOrder, Taxes, share_amount, share_goods
from shop.states import PaymentState

type Returned = Sequence[tuple[OrderLine, int]]
"""The lines of an order, each with how many of its units are returned now, even if none."""


@dataclass(frozen=True)
class SellerPart:
    """A seller's part of an order: its lines, and what was paid for them and refunded of that."""

    merchant_id: int
    lines: Sequence[OrderLine]
    order: PaidOrder


def describe_parts(order: Order, lines: Sequence[OrderLine]) -> list[SellerPart]:
    """Return the part of each seller, the house's first. It has one even if it only ships."""
    merchants = sorted({seller_of(line) for line in lines} - {HOUSE_ID})
    sold = {seller: [line for line in lines if seller_of(line) == seller] for seller in (HOUSE_ID, *merchants)}
    paid = {seller: sum_lines(sold[seller]) for seller in merchants}
    refunded, amounts = {seller: ChargeParts() for seller in merchants}, dict.fromkeys(merchants, 0)
    for share in RefundShare.objects.filter(refund__order=order) if merchants else ():
        refunded[share.merchant_id] = refunded[share.merchant_id].plus(read_parts(share))
        amounts[share.merchant_id] += share.amount_minor
    paid[HOUSE_ID] = paid_parts(order).minus(add_parts(paid))
    refunded[HOUSE_ID] = _add(read_parts(refund) for refund in order.refunds.all()).minus(add_parts(refunded))
    amounts[HOUSE_ID] = order.refunded_minor - sum(amounts.values())
    is_included, step_minor = order.prices_include_tax, _get_step(order, paid.values())
    return [
        SellerPart(
            seller,
            own,
            PaidOrder(
                [_read_line(line) for line in own],
                paid[seller],
                refunded[seller],
                amounts[seller],
                is_included,
                step_minor,
            ),
        )
        for seller, own in sold.items()
    ]


def divide_goods(parts: Sequence[SellerPart], returned: Returned) -> dict[int, ChargeParts]:
    """Return what each seller bears of a refund of units. Shipping comes back with the last units of all sellers."""
    quantities = {line.pk: quantity for line, quantity in returned}
    is_whole = all(line.refundable_quantity == quantity for line, quantity in returned)
    return {
        part.merchant_id: share_goods(part.order, [quantities[line.pk] for line in part.lines], is_whole=is_whole)
        for part in parts
    }


def divide_amount(parts: Sequence[SellerPart], amount_minor: int) -> dict[int, ChargeParts]:
    """Return what each seller bears of an amount that is refunded without goods: in proportion to what is left of its part."""
    step_minor = parts[0].order.step_minor
    steps = running_shares(amount_minor // step_minor, [part.order.left_minor // step_minor for part in parts])
    return {
        part.merchant_id: share_amount(part.order, share * step_minor) for part, share in zip(parts, steps, strict=True)
    }


def save_shares(refund: Refund, divided: Mapping[int, ChargeParts], returned: Returned = ()) -> None:
    """Save the merchants' shares of a refund, with the fees and discounts of the returned units, before these are counted."""
    RefundShare.objects.bulk_create(
        build_share(refund, merchant_id, parts, [pair for pair in returned if pair[0].merchant_id == merchant_id])
        for merchant_id, parts in divided.items()
        if merchant_id != HOUSE_ID and (parts.goods_minor or parts.tax_minor or _has_units(returned, merchant_id))
    )


def build_share(refund: Refund, merchant_id: int, parts: ChargeParts, returned: Returned) -> RefundShare:
    return RefundShare(
        refund=refund,
        merchant_id=merchant_id,
        goods_minor=parts.goods_minor,
        tax_minor=parts.tax_minor,
        taxes=write_taxes(parts.taxes),
        amount_minor=parts.amount_minor(is_tax_included=refund.order.prices_include_tax),
        fee_minor=sum(_part_of(line, line.fee_minor, quantity) for line, quantity in returned),
        discount_minor=sum(_part_of(line, line.discount_minor, quantity) for line, quantity in returned),
    )


def add_parts(divided: Mapping[int, ChargeParts]) -> ChargeParts:
    return _add(divided.values())


def sum_lines(lines: Sequence[OrderLine]) -> ChargeParts:
    """Return what was paid for lines, without shipping."""
    taxes: dict[int | None, int] = {}
    for line in lines:
        taxes[line.tax_rate_bps] = taxes.get(line.tax_rate_bps, 0) + line.tax_minor
    return ChargeParts(sum(line.amount_minor for line in lines), 0, taxes)


def paid_parts(order: Order) -> ChargeParts:
    return ChargeParts(order.goods_minor, order.shipping_minor, read_taxes(order.taxes))


def read_parts(row: Refund | RefundShare) -> ChargeParts:
    """Return the parts of a refund, or of a merchant's share of it."""
    shipping_minor = row.shipping_minor if isinstance(row, Refund) else 0
    return ChargeParts(row.goods_minor, shipping_minor, read_taxes(row.taxes))


def read_taxes(taxes: Sequence[Mapping[str, Any]]) -> dict[int | None, int]:
    return {tax["rate_bps"]: tax["tax_minor"] for tax in taxes}


def write_taxes(taxes: Taxes) -> list[dict[str, Any]]:
    return [{"rate_bps": rate, "tax_minor": tax} for rate, tax in taxes.items() if tax]


def _read_line(line: OrderLine) -> PaidLine:
    return PaidLine(line.amount_minor, line.quantity, line.refunded_quantity, line.tax_rate_bps, line.tax_minor)


def _get_step(order: Order, paid: Iterable[ChargeParts]) -> int:
    """Return of what the amounts are multiples that the provider of an order's payment pays back, in minor units."""
    payment = order.payments.filter(state=PaymentState.SUCCEEDED).first()
    if payment is None or payment.provider == NO_PROVIDER:
        return 1
    step_minor = get_payment_provider(payment.provider).payable_step(order.currency)
    totals = [parts.amount_minor(is_tax_included=order.prices_include_tax) for parts in paid]
    return step_minor if step_minor and not any(total % step_minor for total in totals) else 1


def _has_units(returned: Returned, merchant_id: int) -> bool:
    return any(quantity for line, quantity in returned if line.merchant_id == merchant_id)


def _part_of(line: OrderLine, total_minor: int, quantity: int) -> int:
    before, after = line.refunded_quantity, line.refunded_quantity + quantity
    return part_reversed(total_minor, after, line.quantity) - part_reversed(total_minor, before, line.quantity)


def _add(parts: Iterable[ChargeParts]) -> ChargeParts:
    total = ChargeParts()
    for part in parts:
        total = total.plus(part)
    return total
