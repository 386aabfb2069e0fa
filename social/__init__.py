"""Owns what viewers do with clips and creators for themselves: likes, saves, follows, reports.

Words: like, save, follow, report, case (the open reports on one product or creator). May import accounts, catalog,
creators, videos.
"""
