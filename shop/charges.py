"""Shipping and tax, as a pure function. A shop with other rules replaces `calculate_charges`."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.money import share_of


@dataclass(frozen=True)
class ChargeRules:
    """The shop's rates. `tax_rates_bps` maps delivery countries to tax rates. Countries not listed have no tax."""

    shipping_fee_minor: int
    shipping_free_from_minor: int
    tax_rates_bps: Mapping[str, int]


@dataclass(frozen=True)
class Charges:
    """The parts of an order's cost, in minor units."""

    goods_minor: int
    shipping_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor + self.tax_minor


def calculate_charges(goods_minor: int, country_code: str, rules: ChargeRules) -> Charges:
    """Return an order's charges: goods, shipping (free above a threshold) and tax on both."""
    is_free = goods_minor == 0 or goods_minor >= rules.shipping_free_from_minor
    shipping_minor = 0 if is_free else rules.shipping_fee_minor
    tax_minor = share_of(goods_minor + shipping_minor, rules.tax_rates_bps.get(country_code, 0))
    return Charges(goods_minor, shipping_minor, tax_minor)
