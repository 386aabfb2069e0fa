"""Quotes: what an order costs, before it is placed. The sheet, the pages, the API and the order use the same quote."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Product, Variant
from catalog.prices import Price
from shop.availability import find_problem
from shop.charges import Charges
from shop.delivery.offers import ShippingOffer, ShippingOffers, find_offers
from shop.delivery.pickup import PickupOffers, find_pickup_offers
from shop.discounts import DiscountRefused, divide_discount, find_discount
from shop.models import DiscountCode
from shop.rates import Destination, ShippingFee, charge_variants


@dataclass(frozen=True)
class Confirmation:
    """The total that a shopper saw and confirmed. With `quote_id`, each price, the shipping and the tax count, too."""

    total_minor: int
    currency: str
    quote_id: str = ""


@dataclass(frozen=True)
class QuoteLine:
    """A variant and a quantity. `problem` says why it cannot be bought, if so; it is then not in the total.

    `charged_unit_minor` is less than the variant's price for a business whose tax is reverse-charged.
    """

    variant: Variant
    quantity: int
    problem: str = ""
    charged_unit_minor: int | None = None

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def unit_price(self) -> Price:
        minor = self.variant.price_minor if self.charged_unit_minor is None else self.charged_unit_minor
        return Price(minor, self.product.currency)

    @property
    def amount(self) -> Price:
        return Price(self.quantity * self.unit_price.amount_minor, self.product.currency)


@dataclass(frozen=True)
class Quote:
    """The lines of an order, what they cost in one currency, and where they are sent.

    `discount_problem` says why the code that was typed takes nothing off, if so; there is then no `discount_code`.
    """

    lines: tuple[QuoteLine, ...]
    currency: str
    charges: Charges
    destination: Destination
    discount_code: DiscountCode | None = None
    discount_problem: str = ""
    shipping_offers: ShippingOffers = field(default_factory=ShippingOffers)
    pickup_offers: PickupOffers = field(default_factory=PickupOffers)

    @property
    def is_buyable(self) -> bool:
        return bool(self.lines) and not any(line.problem for line in self.lines) and not self.shipping_problem

    @property
    def shipping_problem(self) -> str:
        """Return why what can be bought cannot be delivered, or ""."""
        return self.shipping_offers.problem

    def find_shipping_problem(self) -> str:
        """Return why the order cannot be delivered, or not by the option that the shopper chose, or ""."""
        option_id = self.destination.shipping_option_id
        if self.pickup_offers.has_unknown:
            return _("This pickup place is no longer offered for these items. Choose another one.")
        if not self.is_shipped:
            return ""
        if self.shipping_problem or not option_id or self.shipping_offers.find(option_id):
            return self.shipping_problem
        return _("This way of shipping is no longer offered. Choose another one.")

    @cached_property
    def is_shipped(self) -> bool:
        """Return whether anything is sent, and not picked up or downloaded. An order of nothing is taken for one."""
        buyable = [line.variant for line in self.lines if not line.problem]
        return not buyable or any(
            not (variant.is_digital or self.pickup_offers.place_of(variant)) for variant in buyable
        )

    @property
    def needs_download_consent(self) -> bool:
        """Return whether the shopper has to agree that digital goods can't be returned once their download began."""
        return any(line.variant.is_digital for line in self.lines if not line.problem)

    @cached_property
    def shipping_offer(self) -> ShippingOffer | None:
        """Return the chosen offer: the one that was asked for or, if it is not offered, the first."""
        return self.shipping_offers.choose(self.destination.shipping_option_id)

    @property
    def goods(self) -> Price:
        return Price(self.charges.goods_minor, self.currency)

    @property
    def discount(self) -> Price:
        return Price(self.charges.discount_minor, self.currency)

    @property
    def discount_name(self) -> str:
        return self.discount_code.code if self.discount_code else ""

    @property
    def shipping(self) -> Price:
        return Price(self.charges.shipping_minor, self.currency)

    @property
    def tax(self) -> Price:
        return Price(self.charges.tax_minor, self.currency)

    @property
    def total(self) -> Price:
        return Price(self.charges.total_minor, self.currency)

    @cached_property
    def id(self) -> str:
        """Return a text that is another one as soon as a price, a quantity, the shipping or the tax is."""
        lines = sorted((line.variant.pk, line.quantity, line.unit_price.amount_minor) for line in self.lines)
        costs = (
            self.charges.goods_minor,
            self.charges.shipping_minor,
            self.charges.tax_minor,
            self.charges.total_minor,
            *([self.charges.discount_minor, self.discount_name] if self.discount_code else []),
        )
        option = self.shipping_offer.key if self.shipping_offer else ()
        handover = [option, *self.pickup_offers.chosen_ids]
        return hashlib.sha256(json.dumps([self.currency, lines, costs, handover]).encode()).hexdigest()[:16]

    def agrees_with(self, confirmation: Confirmation) -> bool:
        """Return whether the order costs what the shopper confirmed."""
        is_same_total = (self.total.amount_minor, self.currency) == (confirmation.total_minor, confirmation.currency)
        return is_same_total and confirmation.quote_id in ("", self.id)


def build_quote(
    lines: Sequence[QuoteLine],
    destination: Destination,
    *,
    now: datetime,
    discount_code: str = "",
    is_free: bool = False,
) -> Quote:
    """Return what the lines without a problem cost with the discount code, if one was typed, or nothing if it is free.

    They have one currency. Select the products' categories.
    """
    buyable = [line for line in lines if not line.problem]
    currency = (buyable or list(lines))[0].product.currency if lines else settings.CURRENCY
    quantities = [(line.variant, line.quantity) for line in buyable]
    discounts, code, problem = [0] * len(buyable), None, ""
    if discount_code and buyable:
        try:
            code = find_discount(discount_code, now=now)
            discounts = divide_discount(code, quantities, currency)
        except DiscountRefused as refusal:
            code, problem = None, str(refusal)
    pickup = find_pickup_offers([line.variant for line in buyable], destination.pickup_place_ids)
    sent = [(variant, number) for variant, number in quantities if not (variant.is_digital or pickup.place_of(variant))]
    full_minor = sum(variant.price_minor * number for variant, number in quantities)
    goods_minor = 0 if is_free else full_minor - sum(discounts)
    offers = ShippingOffers()
    if sent or not quantities:
        offers = find_offers(sent, destination, currency=currency, goods_minor=goods_minor, now=now)
    offer = offers.choose(destination.shipping_option_id)
    fee = offer.fee if offer else ShippingFee(0, None)
    charges = charge_variants(quantities, discounts, destination, shipping=fee, now=now, is_free=is_free)
    prices = iter(charges.lines)
    priced = (
        line if line.problem else replace(line, charged_unit_minor=next(prices).unit_price_minor) for line in lines
    )
    return Quote(tuple(priced), currency, charges, destination, code, problem, offers, pickup)


def quote_variants(
    variants: Sequence[tuple[Variant, int]],
    destination: Destination,
    *,
    is_adult: bool,
    now: datetime,
    discount_code: str = "",
) -> Quote:
    """Return the quote for variants and quantities, with the problem of each that cannot be bought now.

    The currency is that of the first variant that can be bought. Variants in other currencies have a problem.
    """
    lines, currency = [], ""
    for variant, quantity in variants:
        problem = find_problem(variant, quantity, currency=currency, is_adult=is_adult)
        currency = currency or ("" if problem else variant.product.currency)
        lines.append(QuoteLine(variant, quantity, problem))
    return build_quote(lines, destination, now=now, discount_code=discount_code)


def quote_quantities(
    quantities: Mapping[int, int],
    destination: Destination,
    *,
    is_adult: bool,
    now: datetime,
    discount_code: str = "",
) -> Quote:
    """Return the quote for quantities by the id of a variant, by product and id."""
    variants = Variant.objects.filter(pk__in=quantities).select_related("product__category", "product__brand")
    pairs = [(variant, quantities[variant.pk]) for variant in variants.order_by("product_id", "pk")]
    return quote_variants(pairs, destination, is_adult=is_adult, now=now, discount_code=discount_code)
