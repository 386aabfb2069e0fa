"""Shopping: bags, checkout, orders, payments, refunds, and the clicks that lead to purchases.

Words: bag, address, order, order line, reservation (stock kept for an unpaid order), payment, refund, charge (shipping
or tax), click (a viewer opened a product from a clip; commissions are attributed by clicks). May import accounts,
catalog, creators and videos.
"""
