"""Checks of what is stored twice: stock and its movements, a product's sums and its variants."""

from collections.abc import Iterator

from django.db.models import F, Sum

from catalog.models import Product, Variant
from catalog.stock import LARGEST_STOCK


def find_wrong_stock() -> Iterator[str]:
    """Return a sentence for each counted variant whose movements do not add up to its stock."""
    variants = Variant.objects.filter(is_counted=True).annotate(moved=Sum("stock_movements__change", default=0))
    for variant in variants.exclude(stock=F("moved")).select_related("product").order_by("pk").iterator():
        moved = variant.moved  # type: ignore[attr-defined]  # annotated above
        yield f"{variant} (variant {variant.pk}): {variant.stock} in stock, but its movements add up to {moved}."


def find_wrong_sums() -> Iterator[str]:
    """Return a sentence for each product whose price or stock is not what its variants say."""
    for product in Product.objects.prefetch_related("variants").order_by("pk").iterator(chunk_size=1_000):
        variants = list(product.variants.all())
        if not variants:
            yield f"{product} (product {product.pk}) has no variant."
            continue
        on_sale = [variant for variant in variants if variant.is_active]
        offered = [variant for variant in on_sale if variant.sellable] or on_sale or variants
        price = min(variant.price_minor for variant in offered)
        stock = min(sum(variant.sellable for variant in variants), LARGEST_STOCK)
        if (product.price_minor, product.stock) != (price, stock):
            shown = f"{product.price_minor} and {product.stock}"
            yield f"{product} (product {product.pk}): price and stock are {shown}, those of its variants {price} and {stock}."
