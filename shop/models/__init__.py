"""Bags, addresses, clicks, orders, payments, refunds, disputes and events of payment providers."""

from shop.models.address import Address, PostalAddress
from shop.models.bag import Bag, BagLine
from shop.models.billing_address import BillingAddress
from shop.models.click import Click
from shop.models.click_outcome import ClickOutcome, OutcomeKind
from shop.models.dispute import Dispute
from shop.models.order import Order, OrderLine, UnpaidReason
from shop.models.payment import Payment
from shop.models.provider_event import ProviderEvent, ProviderReview
from shop.models.refund import Refund, RefundLine
from shop.models.tax_rate import TaxRate

__all__ = [
    "Address",
    "Bag",
    "BagLine",
    "BillingAddress",
    "Click",
    "ClickOutcome",
    "Dispute",
    "Order",
    "OrderLine",
    "OutcomeKind",
    "Payment",
    "PostalAddress",
    "ProviderEvent",
    "ProviderReview",
    "Refund",
    "RefundLine",
    "TaxRate",
    "UnpaidReason",
]
