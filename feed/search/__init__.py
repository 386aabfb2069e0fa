"""Search for products, clips and creators."""
