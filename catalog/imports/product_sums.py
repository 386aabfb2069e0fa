"""What a new product says about its variants, as triggers calculate it: so they need not write the product once more."""

from collections.abc import Sequence

from catalog.models import Product, Variant
from catalog.stock import LARGEST_STOCK


def sum_up(product: Product, variants: Sequence[Variant]) -> None:
    """Set the sums of a product that is about to be stored. If they were wrong, the triggers would put them right."""
    buyable = [variant.price_minor for variant in variants if variant.sellable > 0]
    offered = buyable or [variant.price_minor for variant in variants if variant.is_active]
    product.price_minor = min(offered or [variant.price_minor for variant in variants])
    product.prices_vary = bool(offered) and min(offered) < max(offered)
    product.stock = min(sum(variant.sellable for variant in variants), LARGEST_STOCK)
    values = {value for variant in variants if variant.is_active for value in variant.option_values}
    product.option_words = " ".join(sorted(values))
