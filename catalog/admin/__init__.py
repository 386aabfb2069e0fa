"""Django admin for the catalogue, and for the shop's own name, look and legal pages."""

from catalog.admin import (
    categories,
    exports,
    imports,
    legal_pages,
    listing_changes,
    merchants,
    pickup_places,
    products,
    site,
    sources,
    variants,
)

__all__ = [
    "categories",
    "exports",
    "imports",
    "legal_pages",
    "listing_changes",
    "merchants",
    "pickup_places",
    "products",
    "site",
    "sources",
    "variants",
]
