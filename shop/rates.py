"""What variants cost, delivered to a place: current prices, shipping, and tax by the rates of that place and day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from catalog.models import Variant
from catalog.vat_numbers import is_reverse_charged
from shop.charges import ChargeRules, Charges, PricedLine, calculate_charges
from shop.models import TaxRate
from shop.regions import normalize_region


@dataclass(frozen=True)
class ShippingFee:
    """The fee of an order in one currency, and the value of goods from which shipping is free, in its minor units."""

    fee_minor: int
    free_from_minor: int | None


@dataclass(frozen=True)
class Destination:
    """Where goods are delivered, by which shipping option, and which of them are picked up where, if that is chosen.

    `vat_number` is a checked number of a business buyer, or empty.
    """

    country_code: str
    region: str = ""
    vat_number: str = ""
    shipping_option_id: int | None = None
    pickup_place_ids: Sequence[int] = ()


def charge_variants(
    quantities: Sequence[tuple[Variant, int]],
    discounts: Sequence[int],
    destination: Destination,
    *,
    shipping: ShippingFee,
    now: datetime,
    is_free: bool = False,
) -> Charges:
    """Return what these variants cost, which have one currency, with a discount on each line: nothing if they are free.

    The charged lines are in the same order. Select their products' categories.
    """
    classes = [variant.product.effective_tax_class_id for variant, _number in quantities]
    rates = find_tax_rates(classes, destination, now=now)
    lines = [
        PricedLine(0 if is_free else variant.price_minor, quantity, rates[tax_class_id], discount_minor)
        for (variant, quantity), tax_class_id, discount_minor in zip(quantities, classes, discounts, strict=True)
    ]
    return calculate_charges(lines, _get_charge_rules(destination, shipping))


def find_shipping_fee(currency: str) -> ShippingFee | None:
    """Return the shipping fee of orders in this currency, or None if the shop has none and does not ship for free."""
    if currency == settings.CURRENCY:
        return ShippingFee(settings.SHIPPING_FEE_MINOR, settings.SHIPPING_FREE_FROM_MINOR)
    if currency in settings.SHIPPING_BY_CURRENCY:
        return ShippingFee(*settings.SHIPPING_BY_CURRENCY[currency])
    return None if settings.SHIPPING_FEE_MINOR else ShippingFee(0, 0)


def find_tax_rates(
    tax_class_ids: Iterable[int | None], destination: Destination, *, now: datetime
) -> dict[int | None, int]:
    """Return the rate in basis points for each tax class; None is the standard class.

    A rate of the class itself comes before the standard one, a rate of the region before one of the country, a later
    `valid_from` before an earlier one. Without any, TAX_RATES_BPS counts, and otherwise no tax is charged.
    """
    region = normalize_region(destination.country_code, destination.region)
    places = Q(region="") | Q(region=region)
    rows = TaxRate.objects.filter(places, country_code=destination.country_code)
    current = {
        (row.tax_class_id, row.region): row.rate_bps
        for row in rows.filter(valid_from__lte=timezone.localdate(now)).order_by("valid_from")
    }
    fallback_bps = settings.TAX_RATES_BPS.get(destination.country_code, 0)
    return {
        class_id: next(
            (current[key] for key in _keys(class_id, region) if key in current),
            fallback_bps,
        )
        for class_id in {None, *tax_class_ids}
    }


def _keys(class_id: int | None, region: str) -> list[tuple[int | None, str]]:
    """Return the keys of rates that apply to a class, the most special first."""
    return [(class_id, region), (class_id, ""), (None, region), (None, "")]


def _get_charge_rules(destination: Destination, shipping: ShippingFee) -> ChargeRules:
    return ChargeRules(
        shipping_fee_minor=shipping.fee_minor,
        shipping_free_from_minor=shipping.free_from_minor,
        prices_include_tax=settings.PRICES_INCLUDE_TAX,
        is_reverse_charged=is_reverse_charged(
            vat_number=destination.vat_number,
            country_code=destination.country_code,
            home_country=settings.SHOP_COUNTRY,
        ),
        country_code=destination.country_code,
    )
