"""Django admin for the catalogue, and for the shop's own name, look and legal pages."""

from catalog.admin import (
    categories,
    digital_files,
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
    "digital_files",
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
