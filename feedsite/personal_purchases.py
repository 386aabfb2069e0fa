"""What the shop has stored about a user who buys, for the download of personal data."""

from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from shop.address_rules import ADDRESS_FIELDS
from shop.models import (
    Address,
    BagLine,
    BillingAddress,
    Click,
    DiscountUse,
    Download,
    Invoice,
    KeptCard,
    MessageBlock,
    MessageThread,
    Order,
    OrderLine,
    Parcel,
    ParcelLine,
    Payment,
    ProviderCustomer,
    Refund,
    RefundLine,
    ThreadMessage,
    ThreadSide,
)


def read_rows(rows: QuerySet[Any], *fields: str, **named: F) -> list[dict[str, Any]]:
    return list(rows.values(*fields, **named))


def collect_purchases(user: User) -> dict[str, Any]:
    """Return the addresses, the kept cards, the bag, and the orders of a user with their payments, parcels and returns."""
    return {
        "address": read_rows(Address.objects.filter(user=user), "label", "is_default", *ADDRESS_FIELDS),
        "cards": read_rows(
            KeptCard.objects.owned_by(user).order_by("pk"),
            *("brand", "wallet", "last_four", "expiry_month", "expiry_year", "fingerprint", "is_default", "kept_at"),
            *("reference",),
        ),
        "payment_customers": read_rows(
            ProviderCustomer.objects.filter(user=user).order_by("pk"), "provider", "reference", "created_at"
        ),
        "bag": read_rows(BagLine.objects.filter(bag__user=user), "quantity", product_slug=F("product__slug")),
        "clicks": read_rows(
            Click.objects.filter(user=user).order_by("pk"),
            *("served_at", "clicked_at"),
            clip_code=F("clip__code"),
            product_slug=F("product__slug"),
        ),
        **_orders(user),
        **_messages(user),
    }


def _messages(user: User) -> dict[str, Any]:
    """Return a shopper's threads with all that was written in them, what they wrote for merchants, and who blocked them."""
    message_fields = ("thread_id", "side", "words", "sent_at", "read_at", "reported_at")
    return {
        "message_threads": read_rows(
            MessageThread.objects.of_shopper(user).order_by("pk"),
            *("id", "state", "created_at"),
            merchant_slug=F("merchant__slug"),
            product_slug=F("product__slug"),
            order_code=F("order__code"),
        ),
        "messages": read_rows(ThreadMessage.objects.filter(thread__user=user).order_by("pk"), *message_fields),
        "messages_for_merchants": read_rows(
            ThreadMessage.objects.filter(author=user, side=ThreadSide.MERCHANT).order_by("pk"), "words", "sent_at"
        ),
        "message_blocks": read_rows(
            MessageBlock.objects.filter(user=user).order_by("pk"), "blocked_at", merchant_slug=F("merchant__slug")
        ),
    }


def _orders(user: User) -> dict[str, Any]:
    """Return the orders with what belongs to them: payments, parcels, refunds, discounts and invoices."""
    return {
        "orders": read_rows(
            Order.objects.filter(user=user).order_by("placed_at"),
            *("code", "state", "email", "currency", "total_minor", "refunded_minor", "placed_at", "paid_at"),
            *("vat_number", *ADDRESS_FIELDS),
        ),
        "billing_addresses": read_rows(
            BillingAddress.objects.filter(order__user=user), *ADDRESS_FIELDS, order_code=F("order__code")
        ),
        "order_lines": read_rows(
            OrderLine.objects.filter(order__user=user).order_by("pk"),
            "quantity",
            order_code=F("order__code"),
            product_slug=F("product__slug"),
        ),
        "payments": read_rows(
            Payment.objects.filter(order__user=user).order_by("pk"),
            *("provider", "reference", "state", "amount_minor", "currency", "fingerprint", "started_at", "settled_at"),
            order_code=F("order__code"),
        ),
        "downloads": read_rows(
            Download.objects.filter(order_line__order__user=user).order_by("pk"),
            *("left", "expires_at", "first_at", "last_at"),
            order_code=F("order_line__order__code"),
            product_slug=F("order_line__product__slug"),
        ),
        **_collect_parcels(user),
        **_collect_refunds(user),
    }


def _collect_parcels(user: User) -> dict[str, Any]:
    return {
        "parcels": read_rows(
            Parcel.objects.filter(order__user=user).order_by("pk"),
            *("state", "carrier", "tracking_number", "tracking_url"),
            *("packed_at", "ready_at", "sent_at", "delivered_at", "lost_at"),
            order_code=F("order__code"),
            picked_up_at=F("pickup_place__name"),
        ),
        "parcel_lines": read_rows(
            ParcelLine.objects.filter(parcel__order__user=user).order_by("pk"),
            "quantity",
            order_code=F("parcel__order__code"),
            product_slug=F("order_line__product__slug"),
        ),
    }


def _collect_refunds(user: User) -> dict[str, Any]:
    return {
        "refunds": read_rows(
            Refund.objects.filter(order__user=user).order_by("pk"),
            *("state", "reason", "decline_reason", "amount_minor", "currency", "created_at", "settled_at"),
            order_code=F("order__code"),
        ),
        "refund_lines": read_rows(
            RefundLine.objects.filter(refund__order__user=user).order_by("pk"),
            "quantity",
            order_code=F("refund__order__code"),
            product_slug=F("order_line__product__slug"),
        ),
        "discounts": read_rows(
            DiscountUse.objects.filter(order__user=user).order_by("pk"),
            *("email", "used_at", "given_back_at"),
            code_text=F("code__code"),
            order_code=F("order__code"),
        ),
        "invoices": read_rows(
            Invoice.objects.filter(order__user=user).order_by("pk"),
            *("number", "language", "issued_at", "currency", "tax_minor", "total_minor", "content"),
            order_code=F("order__code"),
        ),
    }
