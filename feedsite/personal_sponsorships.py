"""What is stored about a user who sponsors posts, or was shown sponsored ones, for the download of personal data."""

from typing import Any

from django.db.models import F

from accounts.models import User
from feed.models import SponsoredView, Viewer
from feedsite.personal_purchases import read_rows
from shop.models import Payment, Prepayment, Refund
from social.models import Sponsorship


def collect_sponsorships(user: User) -> dict[str, Any]:
    """Return what a user booked and paid in advance, and which sponsored posts they were shown."""
    keys = Viewer.objects.filter(user=user).values("key")
    payment_fields = ("provider", "reference", "state", "amount_minor", "currency", "started_at", "settled_at")
    return {
        "sponsorships": read_rows(
            Sponsorship.objects.filter(booked_by=user).order_by("pk"),
            *("code", "sponsor", "payer", "state", "budget_minor", "bid_minor", "daily_cap_minor", "currency"),
            *("starts_on", "ends_on", "categories", "languages", "created_at", "ended_at"),
            clip_code=F("clip__code"),
        ),
        "prepayments": read_rows(
            Prepayment.objects.filter(user=user).order_by("pk"),
            *(
                "code",
                "purpose",
                "email",
                "state",
                "total_minor",
                "refunded_minor",
                "currency",
                "created_at",
                "paid_at",
            ),
        ),
        "prepayment_payments": read_rows(
            Payment.objects.filter(prepayment__user=user).order_by("pk"),
            *payment_fields,
            prepayment_code=F("prepayment__code"),
        ),
        "prepayment_refunds": read_rows(
            Refund.objects.filter(prepayment__user=user).order_by("pk"),
            *("state", "amount_minor", "currency", "created_at", "settled_at"),
            prepayment_code=F("prepayment__code"),
        ),
        "sponsored_views": read_rows(
            SponsoredView.objects.filter(viewer__in=keys).order_by("pk"),
            *("day", "at"),
            clip_code=F("place__clip__code"),
        ),
    }
