"""Calculation of shipping and tax. Pure: no Django, no rows. A shop with other rules replaces `calculate_charges`.

A discount is taken off first: shipping and tax go by what the goods cost after it. Tax is calculated once for each rate, on the goods and on the part of shipping that belongs to them, and rounded once.
Lines and shipping then get shares of it. Shipping belongs to the rates in proportion to their goods.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.money import divide_rounded, included_tax, running_shares, share_of


@dataclass(frozen=True)
class PricedLine:
    """A product at its price in the catalogue, the tax rate where it is delivered, and the discount on all units."""

    unit_price_minor: int
    quantity: int
    tax_rate_bps: int = 0
    discount_minor: int = 0

    @property
    def full_minor(self) -> int:
        return self.unit_price_minor * self.quantity

    @property
    def amount_minor(self) -> int:
        return self.full_minor - self.discount_minor


@dataclass(frozen=True)
class ChargeRules:
    """The shop's shipping fee, and how tax is charged. Shipping is free from `shipping_free_from_minor`, if that is set.

    Prices and the fee contain tax if `prices_include_tax`. If the tax is reverse-charged, the buyer pays amounts without
    tax and accounts for it. `country_code` is where the goods go; it is only passed on.
    """

    shipping_fee_minor: int
    shipping_free_from_minor: int | None
    prices_include_tax: bool = False
    is_reverse_charged: bool = False
    country_code: str = ""


@dataclass(frozen=True)
class ChargedLine:
    """What a line costs after the discount. `amount_minor` contains the tax if it is included; otherwise it is added."""

    unit_price_minor: int
    amount_minor: int
    tax_rate_bps: int
    tax_minor: int
    discount_minor: int = 0


@dataclass(frozen=True)
class RateTax:
    """The tax at one rate, and the amount without tax on which it is due, shipping included."""

    rate_bps: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Charges:
    """The cost of an order in minor units.

    `goods_minor` is after the discount. `tax_minor` is contained in goods and shipping if `prices_include_tax`, otherwise it is added to them. `taxes` has
    the tax by rate, highest rate first, without rates of 0. `to_free_shipping_minor` is what is missing for free
    shipping.
    """

    goods_minor: int
    shipping_minor: int
    tax_minor: int
    prices_include_tax: bool = False
    is_reverse_charged: bool = False
    country_code: str = ""
    shipping_tax_minor: int = 0
    lines: Sequence[ChargedLine] = field(default=())
    taxes: Sequence[RateTax] = field(default=())
    to_free_shipping_minor: int = 0
    discount_minor: int = 0

    @property
    def subtotal_minor(self) -> int:
        return self.goods_minor + self.discount_minor

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor + (0 if self.prices_include_tax else self.tax_minor)


def calculate_charges(lines: Sequence[PricedLine], rules: ChargeRules) -> Charges:
    """Return the cost of an order of these lines. The charged lines are in the same order."""
    catalogue_minor = sum(line.amount_minor for line in lines)
    free_from_minor = rules.shipping_free_from_minor
    is_free = catalogue_minor == 0 or (free_from_minor is not None and catalogue_minor >= free_from_minor)
    shipping_minor = 0 if is_free else rules.shipping_fee_minor
    contains_tax = rules.prices_include_tax and not rules.is_reverse_charged
    if rules.is_reverse_charged:
        lines, shipping_minor = _remove_tax(lines, shipping_minor, is_included=rules.prices_include_tax)
    goods_minor = sum(line.amount_minor for line in lines)
    line_taxes, shipping_tax_minor, taxes = _tax(lines, shipping_minor, is_included=contains_tax)
    return Charges(
        goods_minor=goods_minor,
        shipping_minor=shipping_minor,
        tax_minor=sum(line_taxes) + shipping_tax_minor,
        prices_include_tax=contains_tax,
        is_reverse_charged=rules.is_reverse_charged,
        country_code=rules.country_code,
        shipping_tax_minor=shipping_tax_minor,
        lines=tuple(
            ChargedLine(line.unit_price_minor, line.amount_minor, line.tax_rate_bps, tax_minor, line.discount_minor)
            for line, tax_minor in zip(lines, line_taxes, strict=True)
        ),
        taxes=taxes,
        to_free_shipping_minor=free_from_minor - catalogue_minor if shipping_minor and free_from_minor else 0,
        discount_minor=sum(line.discount_minor for line in lines),
    )


def _share_shipping(lines: Sequence[PricedLine], shipping_minor: int) -> dict[int, int]:
    """Return the part of the shipping fee that belongs to each tax rate, highest rate first."""
    rates = sorted({line.tax_rate_bps for line in lines}, reverse=True)
    goods = [sum(line.amount_minor for line in lines if line.tax_rate_bps == rate) for rate in rates]
    return dict(zip(rates, running_shares(shipping_minor, goods), strict=True))


def _tax(
    lines: Sequence[PricedLine], shipping_minor: int, *, is_included: bool
) -> tuple[list[int], int, tuple[RateTax, ...]]:
    """Return the tax of each line, the tax of shipping, and the tax by rate."""
    line_taxes, shipping_tax_minor, taxes = [0] * len(lines), 0, []
    for rate_bps, shipping_part in _share_shipping(lines, shipping_minor).items():
        places = [place for place, line in enumerate(lines) if line.tax_rate_bps == rate_bps]
        amounts = [*(lines[place].amount_minor for place in places), shipping_part]
        taxed_minor = sum(amounts)
        tax_minor = included_tax(taxed_minor, rate_bps) if is_included else share_of(taxed_minor, rate_bps)
        *goods_taxes, shipping_part_tax = running_shares(tax_minor, amounts)
        for place, share in zip(places, goods_taxes, strict=True):
            line_taxes[place] = share
        shipping_tax_minor += shipping_part_tax
        if rate_bps and taxed_minor:
            taxes.append(RateTax(rate_bps, taxed_minor - (tax_minor if is_included else 0), tax_minor))
    return line_taxes, shipping_tax_minor, tuple(taxes)


def _remove_tax(lines: Sequence[PricedLine], shipping_minor: int, *, is_included: bool) -> tuple[list[PricedLine], int]:
    """Return the lines and the shipping fee without the tax that they contain, if any. Each unit price is rounded.

    The discount stays the same part of the price.
    """

    def net(gross_minor: int, rate_bps: int) -> int:
        return gross_minor - (included_tax(gross_minor, rate_bps) if is_included else 0)

    net_lines = []
    for line in lines:
        unit_minor = net(line.unit_price_minor, line.tax_rate_bps)
        full_minor = unit_minor * line.quantity
        discount_minor = divide_rounded(full_minor * line.discount_minor, line.full_minor) if line.full_minor else 0
        net_lines.append(PricedLine(unit_minor, line.quantity, discount_minor=discount_minor))
    shares = _share_shipping(lines, shipping_minor)
    return net_lines, sum(net(part, rate_bps) for rate_bps, part in shares.items())
