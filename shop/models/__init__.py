"""Bags, addresses, clicks, orders, discounts, parcels, payments, prepayments, kept cards, refunds, invoices, disputes, messages and provider events."""

from shop.models.address import Address, PostalAddress
from shop.models.bag import Bag, BagLine
from shop.models.billing_address import BillingAddress
from shop.models.click import Click
from shop.models.click_outcome import ClickOutcome, OutcomeKind
from shop.models.commission_hold import CERTAIN, BrowserAccount, CommissionHold, SignalKind
from shop.models.discount import DiscountCode, DiscountUse
from shop.models.dispute import Dispute
from shop.models.download import Download
from shop.models.invoice import Invoice, InvoiceKind, InvoiceSeries
from shop.models.kept_card import KeptCard, ProviderCustomer
from shop.models.message import MessageBlock, MessageThread, ThreadMessage, ThreadSide, ThreadState
from shop.models.order import Order
from shop.models.order_line import OrderLine, UnpaidReason
from shop.models.parcel import Parcel, ParcelLine
from shop.models.payment import Payment
from shop.models.prepayment import Prepayment
from shop.models.provider_event import ProviderEvent, ProviderReview
from shop.models.refund import Refund, RefundLine
from shop.models.refund_share import RefundShare
from shop.models.sample_order import SampleOrder
from shop.models.shipping import ShippingOption, ShippingZone
from shop.models.tax_rate import TaxRate

__all__ = [
    "CERTAIN",
    "Address",
    "Bag",
    "BagLine",
    "BillingAddress",
    "BrowserAccount",
    "Click",
    "ClickOutcome",
    "CommissionHold",
    "DiscountCode",
    "DiscountUse",
    "Dispute",
    "Download",
    "Invoice",
    "InvoiceKind",
    "InvoiceSeries",
    "KeptCard",
    "MessageBlock",
    "MessageThread",
    "Order",
    "OrderLine",
    "OutcomeKind",
    "Parcel",
    "ParcelLine",
    "Payment",
    "PostalAddress",
    "Prepayment",
    "ProviderCustomer",
    "ProviderEvent",
    "ProviderReview",
    "Refund",
    "RefundLine",
    "RefundShare",
    "SampleOrder",
    "ShippingOption",
    "ShippingZone",
    "SignalKind",
    "TaxRate",
    "ThreadMessage",
    "ThreadSide",
    "ThreadState",
    "UnpaidReason",
]
