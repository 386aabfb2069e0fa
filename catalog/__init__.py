"""What can be bought: products with their brands, categories, pictures, prices and stock.

Words: product, brand, category (a node of a tree; carries the commission rate), product image, basis points. May
import accounts. All arithmetic with money and all formatting of it is here.
"""
