"""Viewers' reactions to clips, products and creators: likes, saves, collections, follows, ratings and reports.

Words: like, save, collection (saved clips under a name), follow, mark (a like, a save or a hidden clip), rating (stars and words of a person on a product),
report, case (all open reports on one product, creator or rating). May import accounts, catalog, creators, videos, feed and shop.
"""
