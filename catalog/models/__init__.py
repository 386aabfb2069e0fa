"""Tables of the catalogue, and of the shop's own name, look and legal pages."""

from catalog.models.price_change import PriceChange
from catalog.models.product import (
    Brand,
    Category,
    CategoryQuerySet,
    Product,
    ProductQuerySet,
    TaxClass,
    default_currency,
)
from catalog.models.product_image import ProductImage
from catalog.models.site import LegalKind, LegalPage, SiteSettings
from catalog.models.stock_movement import StockMovement, StockMovementKind
from catalog.models.variant import Variant, VariantQuerySet, name_variant

__all__ = [
    "Brand",
    "Category",
    "CategoryQuerySet",
    "LegalKind",
    "LegalPage",
    "PriceChange",
    "Product",
    "ProductImage",
    "ProductQuerySet",
    "SiteSettings",
    "StockMovement",
    "StockMovementKind",
    "TaxClass",
    "Variant",
    "VariantQuerySet",
    "default_currency",
    "name_variant",
]
