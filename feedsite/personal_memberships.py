"""What is stored about a user who acts for merchants, for the download of personal data."""

from typing import Any

from django.db.models import F

from accounts.models import User
from catalog.merchants.erasure import merchant_invitations_of
from catalog.models import Merchant, MerchantMember
from feedsite.personal_purchases import read_rows


def collect_memberships(user: User) -> dict[str, Any]:
    """Return for whom the user acts, what they applied with, and invitations to an address of theirs."""
    return {
        "merchants": read_rows(
            MerchantMember.objects.filter(user=user).order_by("pk"),
            *("role", "joined_at"),
            merchant_name=F("merchant__name"),
        ),
        "merchant_applications": read_rows(
            Merchant.objects.filter(applicant=user).order_by("pk"),
            *("name", "legal_name", "address", "country", "email", "phone", "vat_number", "sells", "state"),
            *("decision_reason", "applied_at", "terms_accepted_at"),
        ),
        "merchant_invitations": read_rows(
            merchant_invitations_of(user),
            *("email", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at"),
            merchant_name=F("merchant__name"),
        ),
    }
