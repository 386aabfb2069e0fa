"""Calculation of shipping and tax. Pure: no Django, no rows. A shop with other rules replaces `calculate_charges`."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.money import share_of


@dataclass(frozen=True)
class ChargeRules:
    """The shop's shipping fee and tax rates.

    Shipping is free from `shipping_free_from_minor`. `tax_rates_bps` maps country codes to tax rates in basis points.
    No tax is charged on orders to other countries.
    """

    shipping_fee_minor: int
    shipping_free_from_minor: int
    tax_rates_bps: Mapping[str, int]


@dataclass(frozen=True)
class Charges:
    """The cost of an order in minor units: goods, shipping and tax."""

    goods_minor: int
    shipping_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor + self.tax_minor


def calculate_charges(goods_minor: int, country_code: str, rules: ChargeRules) -> Charges:
    """Return the cost of an order. Tax applies to both goods and shipping."""
    is_free = goods_minor == 0 or goods_minor >= rules.shipping_free_from_minor
    shipping_minor = 0 if is_free else rules.shipping_fee_minor
    tax_minor = share_of(goods_minor + shipping_minor, rules.tax_rates_bps.get(country_code, 0))
    return Charges(goods_minor, shipping_minor, tax_minor)
