"""What search engines read about a product. Source: schema.org/Product, ProductGroup, AggregateRating and Offer."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from catalog.descriptions import plain_description
from catalog.merchants.seller_profile import seller_path
from catalog.merchants.sellers import name_seller
from catalog.models import Merchant, Product, ProductImage, Variant
from catalog.prices import plain_decimal

MAX_LISTED = 50
"""How many variants are listed one by one. Of more, only their number and range of prices are said."""


def describe_product(product: Product, images: Sequence[ProductImage], variants: Sequence[Variant]) -> dict[str, Any]:
    """Return the product with the offers of its variants on sale."""
    url = settings.SITE_URL + product.get_absolute_url()
    description: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.local_name,
        "description": plain_description(product.description),
        "sku": product.slug,
        "url": url,
        "brand": {"@type": "Brand", "name": product.brand.name},
        "category": product.category.local_name,
        "image": [settings.SITE_URL + image.address(1200, "jpeg") for image in images],
    }
    if product.rating_count:
        description["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": product.rating_average,
            "ratingCount": product.rating_count,
        }
    if len(variants) == 1:
        description |= _identify(variants[0])
    if not product.is_for_sale or not variants:
        return description
    seller = {} if product.is_outbound else {"seller": _describe_seller(product.merchant)}
    if len(variants) == 1:
        return description | {"offers": _describe_offer(variants[0], url) | seller}
    if len(variants) > MAX_LISTED:
        return description | {"offers": _summarize(product, variants) | seller}
    return description | {
        "@type": "ProductGroup",
        "productGroupID": product.slug,
        "variesBy": list(product.option_names),
        "hasVariant": [_describe_variant(variant, url, seller) for variant in variants],
    }


def _identify(variant: Variant) -> dict[str, str]:
    codes = {"sku": variant.sku, "gtin": variant.barcode}
    return {name: code for name, code in codes.items() if code}


def _describe_seller(merchant: Merchant) -> dict[str, str]:
    path = seller_path(merchant)
    address = {"url": settings.SITE_URL + path} if path else {}
    return {"@type": "Organization", "name": name_seller(merchant)} | address


def _describe_variant(variant: Variant, url: str, seller: dict[str, Any]) -> dict[str, Any]:
    properties = [
        {"@type": "PropertyValue", "name": name, "value": value}
        for name, value in zip(variant.product.option_names, variant.option_values, strict=False)
    ]
    return {
        "@type": "Product",
        "name": variant.full_name,
        "additionalProperty": properties,
        "offers": _describe_offer(variant, f"{url}?variant={variant.pk}") | seller,
    } | _identify(variant)


def _describe_offer(variant: Variant, url: str) -> dict[str, Any]:
    price = {
        "price": plain_decimal(variant.price_minor, variant.product.currency),
        "priceCurrency": variant.product.currency,
    }
    tax = {"@type": "UnitPriceSpecification", "valueAddedTaxIncluded": settings.PRICES_INCLUDE_TAX}
    return {
        "@type": "Offer",
        "url": url,
        **price,
        "priceSpecification": price | tax,
        "availability": "https://schema.org/InStock" if variant.is_in_stock else "https://schema.org/OutOfStock",
    }


def _summarize(product: Product, variants: Sequence[Variant]) -> dict[str, Any]:
    prices = [variant.price_minor for variant in variants if variant.is_in_stock] or [product.price_minor]
    return {
        "@type": "AggregateOffer",
        "lowPrice": plain_decimal(min(prices), product.currency),
        "highPrice": plain_decimal(max(prices), product.currency),
        "priceCurrency": product.currency,
        "offerCount": len(variants),
    }
