"""Owns what can be bought: products, their brands, categories, pictures, prices and stock.

Words: product, brand, category (a tree; carries the commission rate), product image. May import accounts.
"""
