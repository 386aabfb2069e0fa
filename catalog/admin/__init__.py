"""Django admin for the catalogue, and for the shop's own name, look and legal pages."""

from catalog.admin import categories, imports, legal_pages, merchants, products, site, variants

__all__ = ["categories", "imports", "legal_pages", "merchants", "products", "site", "variants"]
