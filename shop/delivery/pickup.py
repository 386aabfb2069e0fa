"""Which sellers of an order offer pickup, where, and what the shopper chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Merchant, PickupPlace, Variant, seller_of


@dataclass(frozen=True)
class PickupOffer:
    """The places where a seller hands over all that an order has of it. Without a `chosen` one, it sends."""

    merchant: Merchant
    places: Sequence[PickupPlace]
    chosen: PickupPlace | None = None


@dataclass(frozen=True)
class PickupOffers:
    """The offers of an order, by seller in the order of its lines. `has_unknown` if a place was asked for that none has."""

    offers: tuple[PickupOffer, ...] = ()
    has_unknown: bool = False

    def place_of(self, variant: Variant) -> PickupPlace | None:
        """Return where the shopper picks the variant up, or None if it is sent or downloaded."""
        if variant.is_digital:
            return None
        seller = seller_of(variant.product)
        return next((offer.chosen for offer in self.offers if offer.merchant.pk == seller), None)

    @property
    def chosen_ids(self) -> list[int]:
        return [offer.chosen.pk for offer in self.offers if offer.chosen]


def find_pickup_offers(variants: Sequence[Variant], place_ids: Sequence[int]) -> PickupOffers:
    """Return the offers for these variants. A seller offers pickup if all that it sells of them can be picked up.

    Of each seller, the first of its places that `place_ids` names is chosen.
    """
    variants = [variant for variant in variants if not variant.is_digital]
    sellers = list(dict.fromkeys(seller_of(variant.product) for variant in variants))
    only_sent = {seller_of(variant.product) for variant in variants if not variant.product.can_be_picked_up}
    offering = [seller for seller in sellers if seller not in only_sent]
    places = PickupPlace.objects.offered().filter(merchant__in=offering).select_related("merchant")
    by_seller: dict[int, list[PickupPlace]] = {}
    for place in places.order_by("name", "pk") if offering else ():
        by_seller.setdefault(place.merchant.pk, []).append(place)
    offers = tuple(
        PickupOffer(
            merchant=by_seller[seller][0].merchant,
            places=by_seller[seller],
            chosen=next((place for place in by_seller[seller] if place.pk in place_ids), None),
        )
        for seller in offering
        if seller in by_seller
    )
    known = {place.pk for offer in offers for place in offer.places}
    return PickupOffers(offers, has_unknown=not known.issuperset(place_ids))
