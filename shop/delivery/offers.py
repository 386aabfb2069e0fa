"""Which shipping options an order can choose from, and what each costs: by zone, value and weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.countries import country_name
from catalog.models import Variant
from catalog.prices import Price
from shop.models.shipping import ShippingKind, ShippingOption, ShippingZone
from shop.rates import Destination, ShippingFee, find_shipping_fee

type Quantities = Sequence[tuple[Variant, int]]


@dataclass(frozen=True)
class ShippingOffer:
    """An option at its price for this order. `option` is None for the fee of the settings, which promises no date."""

    option: ShippingOption | None
    fee: ShippingFee
    currency: str
    earliest_on: date | None = None
    latest_on: date | None = None
    is_free: bool = False

    @property
    def price(self) -> Price:
        return Price(0 if self.is_free else self.fee.fee_minor, self.currency)

    @property
    def is_pickup(self) -> bool:
        return self.option is not None and self.option.kind == ShippingKind.PICKUP

    @property
    def order_values(self) -> dict[str, Any]:
        """Return what an order keeps of the offer, with the name in the active language."""
        if self.option is None:
            return {}
        dates = {"promised_from": self.earliest_on, "promised_by": self.latest_on}
        return {"shipping_name": self.option.local_name, "is_pickup": self.is_pickup, **dates}

    @property
    def key(self) -> tuple[str, str]:
        """Return what is one option to shoppers."""
        return (self.option.name, self.option.kind) if self.option else ("", "")


@dataclass(frozen=True)
class ShippingOffers:
    """The offers for an order, deliveries first and the cheapest of them first. `problem` says why there are none."""

    offers: tuple[ShippingOffer, ...] = ()
    problem: str = ""

    def find(self, option_id: int) -> ShippingOffer | None:
        """Return the offer with this option or, if the order needs another price of it by now, with the same name."""
        by_id = {offer.option.pk: offer for offer in self.offers if offer.option}
        if option_id in by_id:
            return by_id[option_id]
        key = ShippingOption.objects.filter(pk=option_id).values_list("name", "kind").first()
        return next((offer for offer in self.offers if offer.key == key), None)

    def choose(self, option_id: int | None) -> ShippingOffer | None:
        """Return the offer with this option or, without one, the first. Return None if there are none."""
        return (self.find(option_id) if option_id else None) or next(iter(self.offers), None)


def find_offers(
    quantities: Quantities, destination: Destination, *, currency: str, goods_minor: int, now: datetime
) -> ShippingOffers:
    """Return the offers for variants and quantities that are sent, by the value of all goods after the discount.

    Until a shipping zone has an option, the settings' fee is the only one.
    """
    zones = list(ShippingZone.objects.prefetch_related("options").order_by("pk"))
    if not any(zone.options.all() for zone in zones):
        fee = find_shipping_fee(currency)
        return ShippingOffers((ShippingOffer(None, fee, currency),) if fee else ())
    if not quantities:
        return ShippingOffers()
    zone = _find_zone(zones, destination)
    if zone is None:
        country = country_name(destination.country_code)
        return ShippingOffers(problem=_("We don't deliver to this address in %(country)s.") % {"country": country})
    options = [option for option in zone.options.all() if option.is_active and option.currency == currency]
    fitting = [option for option in options if (option.goods_from_minor or 0) <= goods_minor]
    weightless = [variant for variant, _number in quantities if variant.weight_g is None]
    weight_g = sum((variant.weight_g or 0) * number for variant, number in quantities)
    offered = [
        option
        for option in fitting
        if option.weight_upto_g is None or (not weightless and weight_g <= option.weight_upto_g)
    ]
    if not offered:
        return ShippingOffers(problem=_explain_none(fitting, weightless))
    return ShippingOffers(_rank(offered, goods_minor, timezone.localdate(now)))


def _find_zone(zones: Sequence[ShippingZone], destination: Destination) -> ShippingZone | None:
    """Return the zone of a place. One that names its region comes first."""
    ranked = sorted(zones, key=lambda zone: not zone.regions)
    return next((zone for zone in ranked if zone.has_place(destination.country_code, destination.region)), None)


def _rank(options: Sequence[ShippingOption], goods_minor: int, today: date) -> tuple[ShippingOffer, ...]:
    """Return the cheapest offer of each name, deliveries before pickup, the cheapest first.

    Those that are free now are ranked by their fee: nobody gets an express delivery without having chosen it.
    """
    offers: dict[tuple[str, str], ShippingOffer] = {}
    for option in options:
        is_free = not goods_minor or (option.free_from_minor is not None and goods_minor >= option.free_from_minor)
        fee = ShippingFee(option.price_minor, option.free_from_minor)
        offer = ShippingOffer(option, fee, option.currency, *option.promised_on(today), is_free=is_free)
        cheapest = offers.get(offer.key)
        if cheapest is None or offer.price.amount_minor < cheapest.price.amount_minor:
            offers[offer.key] = offer
    return tuple(sorted(offers.values(), key=_rank_of))


def _rank_of(offer: ShippingOffer) -> tuple[object, ...]:
    return offer.is_pickup, offer.price.amount_minor, offer.fee.fee_minor, offer.key


def _explain_none(options: Sequence[ShippingOption], weightless: Sequence[Variant]) -> str:
    """Return why no option of the zone fits: a weight is not known, or the order is too heavy, or it has none."""
    if options and weightless:
        sentence = _("We can't calculate the shipping of %(product)s, because its weight is not known. Please ask us.")
        return sentence % {"product": weightless[0].full_name}
    if options:
        return _("These items are too heavy to be sent together. Order them in parts.")
    return _("We don't deliver an order of this value to this address.")
