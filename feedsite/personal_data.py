"""Download of a user's personal data in all apps. Its deletion is in feedsite.account_erasure."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import signed_in_user
from accounts.models import User
from creators.erasure import invitations_of
from creators.models import Creator, Enrolment
from feed.models import Event, EventKind, Viewer
from payouts.models import Payout, PayoutAccount, StatementLine
from shop.address_rules import ADDRESS_FIELDS
from shop.models import (
    Address,
    BagLine,
    BillingAddress,
    BrowserAccount,
    CommissionHold,
    KeptCard,
    Order,
    OrderLine,
    ProviderCustomer,
)
from social.models import CollectedClip, Collection, Follow, Hidden, Like, Report, Save
from videos.models import Clip, Upload


def collect_data(user: User) -> dict[str, Any]:
    """Return everything stored about a user, grouped by kind. Amounts are in minor units and times in UTC."""
    return {
        "account": {
            "email": user.email,
            "joined_at": user.date_joined,
            "language": user.language,
            "adult_confirmed_at": user.adult_confirmed_at,
        },
        **_purchases(user),
        **_marks(user),
        **_creations(user),
        "feed": _rows(
            Viewer.objects.filter(user=user),
            *("interests", "dial", "reason_factors", "hidden_creators", "created_at", "welcomed_at"),
        ),
        "events": _events(user),
        "held_commissions": _rows(
            CommissionHold.objects.filter(line__creator__user=user).order_by("pk"),
            *("state", "commission_minor", "agency_minor", "placed_at", "decided_at"),
            currency=F("line__order__currency"),
        ),
        "browsers": _rows(BrowserAccount.objects.filter(user=user).order_by("pk"), "recorded_at"),
        "payout_account": _rows(
            PayoutAccount.objects.filter(creator__user=user),
            *("holder_name", "number", "bank_code", "country_code", "tax_id", "changed_at"),
        ),
        "payouts": _rows(
            Payout.objects.filter(creator__user=user).order_by("pk"),
            *("state", "amount_minor", "currency", "holder_name", "number", "claimed_at", "settled_at"),
        ),
        "statement": _rows(
            StatementLine.objects.filter(creator__user=user).order_by("occurred_at", "id"),
            *("id", "kind", "occurred_at", "clip_code", "currency", "gross_minor", "agency_minor", "net_minor"),
        ),
    }


def _creations(user: User) -> dict[str, Any]:
    """Return what a user does as a creator: campaigns, clips and uploads."""
    return {
        "creator": _rows(Creator.objects.filter(user=user), "handle", "display_name", "bio", "joined_at"),
        "enrolments": _rows(Enrolment.objects.filter(creator__user=user), campaign_slug=F("campaign__slug")),
        "invitations": _rows(
            invitations_of(user).order_by("pk"),
            *("email", "created_at", "sent_at", "expires_at", "accepted_at", "declined_at", "withdrawn_at"),
            campaign_slug=F("campaign__slug"),
        ),
        "clips": _rows(
            Clip.objects.filter(creator__user=user).order_by("pk"),
            *("code", "state", "kind", "verdict", "caption", "captions_vtt", "declaration", "language"),
            *("created_at", "published_at"),
        ),
        "uploads": _rows(
            Upload.objects.filter(creator__user=user).order_by("pk"),
            *("clip_code", "user_file_name", "size_bytes", "created_at", "expires_at"),
        ),
    }


def _purchases(user: User) -> dict[str, Any]:
    """Return the addresses, the kept cards, the bag and the orders of a user."""
    return {
        "address": _rows(Address.objects.filter(user=user), "label", "is_default", *ADDRESS_FIELDS),
        "cards": _rows(
            KeptCard.objects.owned_by(user).order_by("pk"),
            *("brand", "wallet", "last_four", "expiry_month", "expiry_year", "fingerprint", "is_default", "kept_at"),
            *("reference",),
        ),
        "payment_customers": _rows(
            ProviderCustomer.objects.filter(user=user).order_by("pk"), "provider", "reference", "created_at"
        ),
        "bag": _rows(BagLine.objects.filter(bag__user=user), "quantity", product_slug=F("product__slug")),
        "orders": _rows(
            Order.objects.filter(user=user).order_by("placed_at"),
            *("code", "state", "email", "currency", "total_minor", "refunded_minor", "placed_at", "paid_at"),
            *("vat_number", *ADDRESS_FIELDS),
        ),
        "billing_addresses": _rows(
            BillingAddress.objects.filter(order__user=user), *ADDRESS_FIELDS, order_code=F("order__code")
        ),
        "order_lines": _rows(
            OrderLine.objects.filter(order__user=user).order_by("pk"),
            "quantity",
            order_code=F("order__code"),
            product_slug=F("product__slug"),
        ),
    }


def _marks(user: User) -> dict[str, Any]:
    """Return what a user likes, saved, collected, hid, follows and reported."""
    return {
        "likes": _rows(Like.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "saves": _rows(Save.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "collections": _rows(Collection.objects.filter(user=user), "name", "share_code", "created_at"),
        "collected_clips": _rows(
            CollectedClip.objects.filter(collection__user=user).order_by("pk"),
            "created_at",
            collection_name=F("collection__name"),
            clip_code=F("clip__code"),
        ),
        "hidden": _rows(Hidden.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "follows": _rows(Follow.objects.filter(user=user), handle=F("creator__handle")),
        "reports": _rows(Report.objects.filter(user=user), "reason", "words", "state", "created_at"),
    }


def _rows(rows: QuerySet[Any], *fields: str, **named: F) -> list[dict[str, Any]]:
    return list(rows.values(*fields, **named))


def _events(user: User) -> list[dict[str, Any]]:
    keys = Viewer.objects.filter(user=user).values("key")
    events = Event.objects.filter(viewer__in=keys).order_by("at")
    columns = events.values_list("kind", "clip_id", "subject_id", "value", "at")
    names = ("kind", "clip_id", "subject_id", "value", "at")
    return [dict(zip(names, (EventKind(kind).label, *rest), strict=True)) for kind, *rest in columns]


@require_safe
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Return everything stored about the user as one JSON file."""
    body = collect_data(signed_in_user(request))
    name = f"my-data-{timezone.now():%Y-%m-%d}.json"
    return JsonResponse(
        body, json_dumps_params={"indent": 2}, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
