"""Django admin for the catalogue, and for the shop's own name, look and legal pages."""

from catalog.admin import exports, imports, legal_pages, products, site, sources, variants

__all__ = ["exports", "imports", "legal_pages", "products", "site", "sources", "variants"]
