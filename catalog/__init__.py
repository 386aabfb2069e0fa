"""What can be bought: products with their brands, categories, pictures, prices and stock.

Words: product, brand, category (a node of a tree, with a commission rate), product image, basis points. May import
accounts. All money is calculated and formatted here.
"""
