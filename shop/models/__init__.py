"""Bags, addresses, clicks, orders, payments and refunds."""

from shop.models.address import Address, PostalAddress
from shop.models.bag import Bag, BagLine
from shop.models.click import Click
from shop.models.order import BillingAddress, Order, OrderLine, UnpaidReason
from shop.models.payment import Payment, ProviderEvent
from shop.models.refund import Refund, RefundLine
from shop.models.tax_rate import TaxRate

__all__ = [
    "Address",
    "Bag",
    "BagLine",
    "BillingAddress",
    "Click",
    "Order",
    "OrderLine",
    "Payment",
    "PostalAddress",
    "ProviderEvent",
    "Refund",
    "RefundLine",
    "TaxRate",
    "UnpaidReason",
]
