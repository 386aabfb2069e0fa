"""What can be bought: products with their brands, categories, pictures, prices and stock.

Words: product, variant, brand, category (a node of a tree, with a commission rate), product image, source, import, row,
basis points. May import accounts. All money is calculated and formatted here.
"""
