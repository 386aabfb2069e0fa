"""Shopping: bags, checkout, orders, reserved stock, payments, refunds, and the clicks that lead to purchases.

Words: bag, address, order, order line, reservation, payment, refund, click (a product opened from a clip, the basis of
attribution), charge (tax or shipping). May import accounts, catalog, creators and videos.
"""
