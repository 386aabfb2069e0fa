"""Owns buying: bag, checkout, orders, stock reservations, payments and refunds.

Words: bag, order, order line, reservation, payment, refund, address. May import accounts, catalog, creators, videos.
"""
