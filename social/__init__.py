"""Owns what viewers do with clips and creators for themselves: likes, saves, follows, reports.

Words: like, save, follow, report. May import accounts, catalog, creators, videos.
"""
