"""Reactions of viewers to clips, products and creators: likes, saves, follows, hidden clips and reports.

Words: like, save, follow, report, case (the open reports on one product or creator). May import accounts, catalog,
creators, videos, feed and shop.
"""
