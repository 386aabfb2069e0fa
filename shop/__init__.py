"""Shopping: bags, discounts, checkout, orders, payments, refunds, invoices, and the clicks that lead to purchases.

Words: bag, address, order, order line, reservation (stock kept for an unpaid order), payment, refund, invoice, credit note
(of a refund), series (of their numbers), discount code, charge (shipping or tax), click (a viewer opened a product from a
clip; commissions are attributed by clicks or by creators' codes). May import accounts, catalog, creators and videos.
"""
