"""Tables of the catalogue, and of the shop's own name, look and legal pages."""

from catalog.models.product import (
    Brand,
    Category,
    CategoryQuerySet,
    Product,
    ProductImage,
    ProductQuerySet,
    StockMovement,
    StockMovementKind,
    default_currency,
)
from catalog.models.site import LegalKind, LegalPage, SiteSettings
from catalog.models.tax_class import TaxClass

__all__ = [
    "Brand",
    "Category",
    "CategoryQuerySet",
    "LegalKind",
    "LegalPage",
    "Product",
    "ProductImage",
    "ProductQuerySet",
    "SiteSettings",
    "StockMovement",
    "StockMovementKind",
    "TaxClass",
    "default_currency",
]
