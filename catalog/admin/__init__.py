"""Django admin for the catalogue, and for the shop's own name, look and legal pages."""

from catalog.admin import products, site

__all__ = ["products", "site"]
