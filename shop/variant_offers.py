"""The choice of a variant on the product page, with what each costs, and how many are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Product, Variant
from catalog.reductions import Reduction, find_reductions
from catalog.swatches import find_swatches
from shop.last_options import list_last_options

MAX_BUTTONS = 24
"""Of more variants, a page without JavaScript has a drop-down list."""


@dataclass(frozen=True)
class VariantOffer:
    variant: Variant
    reduction: Reduction | None

    @property
    def swatch(self) -> str:
        """Return the colour that its only option names, or ""."""
        values = self.variant.option_values
        return find_swatches(values).get(values[0], "") if len(values) == 1 else ""

    @property
    def row(self) -> dict[str, Any]:
        """Return what the page's script needs, without what is empty. `left` is missing if there are plenty."""
        variant, reduction = self.variant, self.reduction
        crossed_out = reduction.crossed_out if reduction else None
        values = {
            "id": variant.pk,
            "options": variant.option_values,
            "price": variant.price.text,
            "crossedOut": crossed_out and crossed_out.text,
            "note": reduction and reduction.note,
            "left": variant.few_left,
            "picture": variant.picture_id,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class VariantChoice:
    """The product's variants on sale. `chosen` is the one that was asked for or, without that, the only one to buy.

    `last_options` are those that the viewer bought last.
    """

    product: Product
    offers: Sequence[VariantOffer]
    chosen: VariantOffer | None
    last_options: Mapping[str, Sequence[str]]

    @property
    def is_needed(self) -> bool:
        return len(self.offers) > 1

    @property
    def has_buttons(self) -> bool:
        return len(self.offers) <= MAX_BUTTONS

    @property
    def script_data(self) -> dict[str, Any]:
        values = {value for offer in self.offers for value in offer.variant.option_values}
        return {
            "optionNames": self.product.option_names,
            "swatches": find_swatches(values),
            "lastOptions": self.last_options,
            "variants": [offer.row for offer in self.offers],
        }


def offer_variants(product: Product, *, chosen_id: int | None, viewer: object) -> VariantChoice:
    """Return the choice of the product's variants on sale."""
    variants = list(product.variants.filter(is_active=True).in_order())
    for variant in variants:
        variant.product = product
    reductions = find_reductions(variants)
    offers = [VariantOffer(variant, reductions.get(variant.pk)) for variant in variants]
    in_stock = [offer for offer in offers if offer.variant.is_in_stock]
    only = offers if len(offers) == 1 else in_stock if len(in_stock) == 1 else []
    chosen = [offer for offer in offers if offer.variant.pk == chosen_id] or only
    last_options = list_last_options(viewer) if len(offers) > 1 else {}
    return VariantChoice(product, offers, chosen[0] if chosen else None, last_options)
