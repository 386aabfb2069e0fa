"""Viewers' reactions to clips, products and creators: likes, saves, collections, follows, hidden clips and reports.

Words: like, save, collection (saved clips under a name), follow, mark (a like, a save or a hidden clip), report, case (all open reports on one product or
creator). May import accounts, catalog, creators, videos, feed and shop.
"""
