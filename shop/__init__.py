"""Owns buying: bag, checkout, orders, stock reservations, payments, refunds, and the clicks that led there.

Words: bag, address, order, order line, reservation, payment, refund, click (a product opened from a clip; what
attribution goes by), charge (tax and shipping). May import accounts, catalog, creators, videos.
"""
