"""Download and erasure of a user's personal data in all apps.

The law requires the shop to retain orders, but they lose their link to the account. Creators, agencies and staff cannot
erase their accounts, because statements and decisions refer to them. The shop has to close those accounts.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in_user
from accounts.models import User
from creators.models import Creator, Enrolment
from feed.events.viewer_merge import erase_viewer
from feed.models import Event, EventKind, Viewer
from payouts.models import StatementLine
from shop.models import Address, BagLine, Order, OrderLine
from social.models import Follow, Hidden, Like, Report, Save
from videos.models import Clip

ADDRESS = ("name", "street", "extra", "city", "region", "postal_code", "country_code")


class NotErasable(Exception):
    """A refusal to erase an account, because records that must be retained refer to it.

    The message tells the user what to do.
    """


def collect_data(user: User) -> dict[str, Any]:
    """Return everything stored about a user, grouped by kind. Amounts are in minor units and times in UTC."""
    return {
        "account": {
            "email": user.email,
            "joined_at": user.date_joined,
            "language": user.language,
            "adult_confirmed_at": user.adult_confirmed_at,
        },
        "address": _rows(Address.objects.filter(user=user), *ADDRESS),
        "bag": _rows(BagLine.objects.filter(bag__user=user), "quantity", product_slug=F("product__slug")),
        "orders": _rows(
            Order.objects.filter(user=user).order_by("placed_at"),
            *("code", "state", "email", "currency", "total_minor", "refunded_minor", "placed_at", "paid_at", *ADDRESS),
        ),
        "order_lines": _rows(
            OrderLine.objects.filter(order__user=user).order_by("pk"),
            "quantity",
            order_code=F("order__code"),
            product_slug=F("product__slug"),
        ),
        "likes": _rows(Like.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "saves": _rows(Save.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "hidden": _rows(Hidden.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "follows": _rows(Follow.objects.filter(user=user), handle=F("creator__handle")),
        "reports": _rows(Report.objects.filter(user=user), "reason", "words", "state", "created_at"),
        "feed": _rows(Viewer.objects.filter(user=user), "interests", "dial", "reason_factors", "created_at"),
        "events": _events(user),
        "creator": _rows(Creator.objects.filter(user=user), "handle", "display_name", "bio", "joined_at"),
        "enrolments": _rows(Enrolment.objects.filter(creator__user=user), campaign_slug=F("campaign__slug")),
        "clips": _rows(
            Clip.objects.filter(creator__user=user).order_by("pk"),
            *("code", "state", "kind", "verdict", "caption", "captions_vtt", "language", "created_at", "published_at"),
        ),
        "statement": _rows(
            StatementLine.objects.filter(creator__user=user).order_by("occurred_at", "id"),
            *("id", "kind", "occurred_at", "clip_code", "currency", "gross_minor", "agency_minor", "net_minor"),
        ),
    }


def _rows(rows: QuerySet[Any], *fields: str, **named: F) -> list[dict[str, Any]]:
    return list(rows.values(*fields, **named))


def _events(user: User) -> list[dict[str, Any]]:
    keys = Viewer.objects.filter(user=user).values("key")
    events = Event.objects.filter(viewer__in=keys).order_by("at")
    columns = events.values_list("kind", "clip_id", "subject_id", "value", "at")
    names = ("kind", "clip_id", "subject_id", "value", "at")
    return [dict(zip(names, (EventKind(kind).label, *rest), strict=True)) for kind, *rest in columns]


@transaction.atomic
def erase_account(*, user: User) -> None:
    """Erase a shopper's account and everything that belongs to it.

    Raises NotErasable, without erasing anything, if the account must be retained.
    """
    if user.is_staff:
        raise NotErasable(_("This is a staff account. Ask an administrator to close it."))
    if Creator.objects.filter(user=user).exists():
        raise NotErasable(
            _(
                "You can't delete a creator account yourself, because the shop must keep its statements. "
                "Once you have been paid, contact the shop to close it."
            )
        )
    for viewer in Viewer.objects.filter(user=user):
        erase_viewer(key=viewer.key)
    Order.objects.filter(user=user).update(user=None, visitor="")
    try:
        user.delete()
    except ProtectedError as error:
        raise NotErasable(
            _(
                "The shop's accounting records refer to this account, so you can't delete it yourself. "
                "Contact the shop to close it."
            )
        ) from error


@require_safe
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Return everything stored about the user as one JSON file."""
    body = collect_data(signed_in_user(request))
    name = f"my-data-{timezone.now():%Y-%m-%d}.json"
    return JsonResponse(
        body, json_dumps_params={"indent": 2}, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_account_page(request: HttpRequest) -> HttpResponse:
    """Show which data is deleted and which is retained. On POST, erase the account and sign the user out."""
    if request.method == "POST":
        try:
            erase_account(user=signed_in_user(request))
        except NotErasable as refusal:
            return render(request, "accounts/leave.html", {"refusal": str(refusal)}, status=409)
        logout(request)
        messages.success(request, _("Your account has been deleted. Thank you for being with us."))
        return redirect("feed")
    return render(request, "accounts/leave.html")
