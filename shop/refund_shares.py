"""Division of refunds into goods, shipping and tax. Pure: no Django, no rows.

Tax and shipping of returned units are differences of running totals, so that any sequence of returns refunds exactly
what was paid. Where a provider moves money in steps only, as of ten fils, the rounded running totals are what counts, and
each refund is a multiple of the step. An amount refunded without goods is taken from what is left; later returns refund no more than the rest,
and the last one refunds all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.money import divide_rounded, part_reversed, round_to_step, running_shares

type Taxes = Mapping[int | None, int]
"""Tax in minor units by rate in basis points. The rate is None for orders from before rates were recorded."""


@dataclass(frozen=True)
class ChargeParts:
    """ChargeParts of an order or of a refund in minor units. `taxes` is contained in the others if prices include tax."""

    goods_minor: int = 0
    shipping_minor: int = 0
    taxes: Taxes = field(default_factory=dict)

    @property
    def tax_minor(self) -> int:
        return sum(self.taxes.values())

    def plus(self, other: "ChargeParts") -> "ChargeParts":
        return self._combine(other, 1)

    def minus(self, other: "ChargeParts") -> "ChargeParts":
        return self._combine(other, -1)

    def amount_minor(self, *, is_tax_included: bool) -> int:
        return self.goods_minor + self.shipping_minor + (0 if is_tax_included else self.tax_minor)

    def _combine(self, other: "ChargeParts", sign: int) -> "ChargeParts":
        rates = dict.fromkeys([*self.taxes, *other.taxes])
        return ChargeParts(
            self.goods_minor + sign * other.goods_minor,
            self.shipping_minor + sign * other.shipping_minor,
            {rate: self.taxes.get(rate, 0) + sign * other.taxes.get(rate, 0) for rate in rates},
        )


@dataclass(frozen=True)
class PaidLine:
    """An order line, and how many of its units were returned before."""

    amount_minor: int
    quantity: int
    returned: int
    tax_rate_bps: int | None
    tax_minor: int

    @property
    def returned_minor(self) -> int:
        """Return what the units that were returned before cost."""
        return part_reversed(self.amount_minor, self.returned, self.quantity)

    def goods_of(self, quantity: int) -> int:
        """Return what the next units to be returned cost after the discount."""
        return part_reversed(self.amount_minor, self.returned + quantity, self.quantity) - self.returned_minor

    def tax_of(self, quantity: int) -> int:
        """Return the tax of the next units to be returned."""
        upto = part_reversed(self.tax_minor, self.returned + quantity, self.quantity)
        return upto - part_reversed(self.tax_minor, self.returned, self.quantity)


@dataclass(frozen=True)
class PaidOrder:
    """What was paid for an order, and what was refunded of it so far.

    `refunded_minor` may exceed the refunded parts, because earlier versions did not divide refunds without goods. What was
    paid, and each amount that is refunded without goods, are multiples of `step_minor`.
    """

    lines: Sequence[PaidLine]
    paid: ChargeParts
    refunded: ChargeParts
    refunded_minor: int
    prices_include_tax: bool
    step_minor: int = 1

    @property
    def returned_minor(self) -> int:
        """Return what the units that were returned before cost, whatever was refunded for them."""
        goods_minor = sum(line.returned_minor for line in self.lines)
        taxes = (part_reversed(line.tax_minor, line.returned, line.quantity) for line in self.lines)
        return goods_minor + (0 if self.prices_include_tax else sum(taxes))

    @property
    def left_minor(self) -> int:
        return self.paid.amount_minor(is_tax_included=self.prices_include_tax) - self.refunded_minor


def share_amount(order: PaidOrder, amount_minor: int) -> ChargeParts:
    """Divide an amount that is refunded without goods. It may be at most what is left of the order.

    Its tax is in proportion to the tax in what is left; the rest is taken from the goods first.
    """
    return _take_amount(_left(order), amount_minor, is_tax_included=order.prices_include_tax)


def share_goods(order: PaidOrder, quantities: Sequence[int], *, is_whole: bool = True) -> ChargeParts:
    """Divide the refund of returned units, one quantity for each line. The last units bring all that is left.

    If the order is one seller's part of a larger one, `is_whole` says whether nothing of the others is left: only then are
    its units the last. The amount is less than the units cost, even 0, if an amount was refunded before without goods.
    """
    left, pairs = _left(order), list(zip(order.lines, quantities, strict=True))
    if is_whole and all(line.returned + quantity == line.quantity for line, quantity in pairs):
        return left
    taxes: dict[int | None, int] = {}
    for line, quantity in pairs:
        taxes[line.tax_rate_bps] = taxes.get(line.tax_rate_bps, 0) + line.tax_of(quantity)
    units = ChargeParts(sum(line.goods_of(quantity) for line, quantity in pairs), 0, taxes)
    before_minor = order.returned_minor
    upto_minor = before_minor + units.amount_minor(is_tax_included=order.prices_include_tax)
    due_minor = round_to_step(upto_minor, order.step_minor) - round_to_step(before_minor, order.step_minor)
    amount_minor = min(order.left_minor, due_minor)
    return _take(left, units, amount_minor, is_tax_included=order.prices_include_tax)


def _left(order: PaidOrder) -> ChargeParts:
    left = order.paid.minus(order.refunded)
    undivided_minor = left.amount_minor(is_tax_included=order.prices_include_tax) - order.left_minor
    return left.minus(_take_amount(left, undivided_minor, is_tax_included=order.prices_include_tax))


def _take_amount(left: ChargeParts, amount_minor: int, *, is_tax_included: bool) -> ChargeParts:
    """Return parts of what is left that are worth the amount, with its proportion of the tax."""
    left_minor = left.amount_minor(is_tax_included=is_tax_included)
    tax_minor = divide_rounded(left.tax_minor * amount_minor, left_minor) if left_minor else 0
    taxes = dict(zip(left.taxes, running_shares(tax_minor, list(left.taxes.values())), strict=True))
    goods_minor = amount_minor if is_tax_included else amount_minor - tax_minor
    return _take(left, ChargeParts(goods_minor, 0, taxes), amount_minor, is_tax_included=is_tax_included)


def _take(left: ChargeParts, wanted: ChargeParts, amount_minor: int, *, is_tax_included: bool) -> ChargeParts:
    """Return parts worth the amount, close to those wanted, so that neither they nor what remains are negative."""
    remaining_minor = left.amount_minor(is_tax_included=is_tax_included) - amount_minor
    if is_tax_included:
        goods_minor, shipping_minor = _fill(
            (wanted.goods_minor, wanted.shipping_minor), (left.goods_minor, left.shipping_minor), amount_minor
        )
        least, most = max(0, left.tax_minor - remaining_minor), min(left.tax_minor, amount_minor)
        tax_minor = min(max(wanted.tax_minor, least), most)
        taxes = _fill([wanted.taxes.get(rate, 0) for rate in left.taxes], list(left.taxes.values()), tax_minor)
    else:
        goods_minor, shipping_minor, *taxes = _fill(
            [wanted.goods_minor, wanted.shipping_minor, *(wanted.taxes.get(rate, 0) for rate in left.taxes)],
            [left.goods_minor, left.shipping_minor, *left.taxes.values()],
            amount_minor,
        )
    return ChargeParts(goods_minor, shipping_minor, dict(zip(left.taxes, taxes, strict=True)))


def _fill(wanted: Sequence[int], most: Sequence[int], total: int) -> list[int]:
    """Return numbers that add up to `total`, none above its `most`, as close to those wanted as the order allows.

    What is missing is added, and what is too much is taken away, from the first number on.
    """
    parts = [min(pair) for pair in zip(wanted, most, strict=True)]
    difference = total - sum(parts)
    for place, part in enumerate(parts):
        change = min(difference, most[place] - part) if difference > 0 else -min(-difference, part)
        parts[place] += change
        difference -= change
    return parts
