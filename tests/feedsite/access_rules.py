"""Access rules of every route, as data: who is let through, by state of the clip, role and method."""

import re
from collections.abc import Callable, Iterator, Mapping

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from tests.feedsite.tested_elsewhere import TESTED_ELSEWHERE
from videos.states import ClipState

ROLES = ("anonymous", "shopper", "owner", "rival", "moderator", "merchant")
METHODS = ("get", "post", "put", "patch", "delete")
Rule = Callable[[ClipState, str], bool]
"""Returns True if a clip in this state is accessible to this role."""


def published_or_staff(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED or role in ("owner", "moderator")


def published_or_owner(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED or role == "owner"


def published_only(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED


def owner_only(state: ClipState, role: str) -> bool:
    return role == "owner"


def reviewer_only(state: ClipState, role: str) -> bool:
    return role == "moderator"


def published_if_signed_in(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED and role != "anonymous"


def anybody(state: ClipState, role: str) -> bool:
    return True


def nobody(state: ClipState, role: str) -> bool:
    return False


VERBS = ("like", "save", "share", "not-interested")
CLIP_ROUTES: Mapping[str, Mapping[str, Rule]] = {
    "c/<slug:code>/": {"get": published_only},
    "c/<slug:code>/player/": {"get": anybody},
    "c/<slug:code>/share/": {"get": published_only, "post": published_if_signed_in},
    "embed/<slug:code>/": {"get": published_only},
    "c/<slug:code>/transcript/": {"get": published_only},
    "c/<slug:code>/captions.vtt": {"get": published_or_staff},
    "media/<path:name>": {"get": published_or_staff},
    "studio/clips/<slug:code>/": {"get": owner_only},
    "studio/clips/<slug:code>/edit/": {"get": owner_only, "post": owner_only},
    "studio/clips/<slug:code>/withdraw/": {"post": owner_only},
    "studio/clips/<slug:code>/delete/": {"post": owner_only},
    "studio/clips/<slug:code>/appeal/": {"post": owner_only},
    "studio/clips/<slug:code>/analytics/": {"get": owner_only},
    "studio/clips/<slug:code>/analytics/days.csv": {"get": owner_only},
    "api/v1/clips/<slug:code>/analytics/": {"get": owner_only},
    "api/v1/clips/<slug:code>/": {"get": published_or_owner, "patch": owner_only, "delete": owner_only},
    "api/v1/clips/<slug:code>/file/": {"put": owner_only},
    "api/v1/clips/<slug:code>/photos/": {"post": owner_only},
    "api/v1/clips/<slug:code>/status/": {"get": owner_only},
    "api/v1/clips/<slug:code>/submit/": {"post": owner_only},
    "api/v1/clips/<slug:code>/withdraw/": {"post": owner_only},
    "api/v1/clips/<slug:code>/appeal/": {"post": owner_only},
    "api/v1/clips/<slug:code>/share-link/": dict.fromkeys(("put", "delete"), published_if_signed_in),
    "api/v1/clips/<slug:code>/send/": {"post": published_if_signed_in},
    "api/v1/clips/<slug:code>/report/": {"post": published_only},
    "saved/collections/choose/<slug:code>/": dict.fromkeys(("get", "post"), published_if_signed_in),
    "report/clip/<slug:code>/": {"get": published_only, "post": published_only},
    "api/v1/^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$": {
        "post": published_only,
        "delete": published_only,
    },
    "admin/videos/clip/desk/<slug:code>/": {"get": reviewer_only},
    "admin/videos/clip/desk/<slug:code>/decide/": {"post": reviewer_only},
    "admin/videos/clip/desk/<slug:code>/lock/": {"post": reviewer_only},
    "admin/videos/clip/<path:object_id>/change/": dict.fromkeys(("get", "put", "patch", "delete"), reviewer_only),
    "admin/videos/clip/<path:object_id>/history/": dict.fromkeys(METHODS, reviewer_only),
    "admin/videos/clip/<path:object_id>/delete/": {},
}
"""Every route of one clip, with the rule of each allowed method; all other methods are refused.

Django's own read-only pages of the admin ignore the method.
"""


EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
CREATORS = frozenset({"owner", "rival"})
STAFF = frozenset({"moderator", "merchant"})
MODERATOR = frozenset({"moderator"})
MERCHANT = frozenset({"merchant"})
NOBODY = frozenset[str]()
PLAIN_ROUTES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("", "search/", "welcome/", "bag/", "orders/", "offline/", "manifest.webmanifest", "worker.js"),
            *("saved/", "saved/liked/", "saved/watched/", "saved/less/", "following/"),
            *(
                "api/v1/viewer/clips/<str:kind>/",
                "api/v1/viewer/creators/",
                "api/v1/viewer/interests/",
                "api/v1/viewer/less/",
            ),
            *("sponsored/", "api/v1/sponsored/"),
            *("api/v1/tags/", "robots.txt", "favicon.ico", "sitemap.xml", "too-large/"),
            *("api/v1/schema/", "api/v1/docs/", "studio/campaigns/"),
            *("api/v1/feed/", "api/v1/products/", "api/v1/categories/", "api/v1/campaigns/", "api/v1/bag/"),
            *("api/v1/orders/", "checkout/", "accounts/login/", "accounts/signup/", "accounts/password/reset/"),
            *("accounts/password/reset/done/", "accounts/password/reset/key/done/", "accounts/inactive/"),
            *("accounts/logout/", "accounts/login/code/", "accounts/signup/passkey/"),
            *("addresses/fields/", "orders/find/", "legal/notice/"),
        ),
        EVERYBODY,
    ),
    **dict.fromkeys(
        (
            *(
                "reports/",
                "removals/",
                "api/v1/removals/",
                "merchant/apply/",
                "api/v1/merchants/",
                "messages/",
                "api/v1/messages/",
                "api/v1/samples/",
                "sponsor/",
                "api/v1/sponsorships/",
                "studio/join/",
                "accounts/confirm-email/",
                "accounts/sign-in-again/",
                "accounts/staff-factor/",
                "accounts/2fa/webauthn/",
                "api/v1/clips/",
                "api/v1/uploads/",
                "accounts/",
            ),
            *("accounts/email/", "accounts/password/change/", "accounts/password/set/", "accounts/reauthenticate/"),
            *("accounts/login/code/confirm/", "accounts/2fa/", "accounts/2fa/authenticate/"),
            *("saved/collections/", "api/v1/viewer/collections/", "api/v1/viewer/blocks/"),
            *("following/people/", "accounts/blocked/", "accounts/profile/"),
            *("api/v1/mentions/", "api/v1/viewer/tags/"),
            *("shared/", "api/v1/viewer/received/", "api/v1/viewer/friends/"),
            *("notifications/", "notifications/settings/", "api/v1/notifications/", "api/v1/notifications/settings/"),
            *("api/v1/viewer/wishes/", "api/v1/viewer/options/"),
            *("addresses/", "addresses/new/", "api/v1/addresses/", "api/v1/cards/"),
        ),
        SIGNED_IN,
    ),
    **dict.fromkeys(
        (
            "studio/",
            "studio/profile/",
            "studio/agency/",
            "studio/rates/",
            "api/v1/commission-rules/",
            "studio/photos/",
            "studio/samples/",
            "studio/upload/",
            "studio/earnings/",
            "studio/earnings/best/",
            *("studio/analytics/", "studio/analytics/days.csv", "api/v1/analytics/"),
            "api/v1/earnings/",
            "api/v1/agency/",
            "api/v1/profile/",
        ),
        CREATORS,
    ),
    **dict.fromkeys(("admin/", "admin/jsi18n/", "admin/password_change/", "admin/password_change/done/"), STAFF),
    **dict.fromkeys(
        (
            *("admin/videos/clip/desk/", "admin/videos/clip/desk/metrics/", "admin/videos/clip/desk/next/"),
            "admin/videos/clip/desk/drift/",
            "admin/videos/wordingrule/trial/",
        ),
        MODERATOR,
    ),
    **dict.fromkeys(("admin/catalog/import/upload/", "admin/catalog/import/products.csv", "api/v1/imports/"), MERCHANT),
    **dict.fromkeys(("admin/catalog/import/products.xml", "admin/catalog/import/products.txt"), MERCHANT),
    "api/v1/sources/": MERCHANT,
    "admin/logout/": EVERYBODY - STAFF,
    "admin/login/": STAFF,
    "accounts/2fa/webauthn/login/": SIGNED_IN,
    "accounts/2fa/webauthn/signup/": SIGNED_IN,
    **dict.fromkeys(
        (
            *(
                "admin/autocomplete/",
                "admin/videos/clip/desk/bulk/",
                "admin/social/report/desk/",
                "admin/social/rating/desk/",
                "admin/social/comment/desk/",
                "admin/social/removal/desk/",
                "admin/social/legalnotice/desk/",
                "admin/social/legalnotice/transparency.csv",
            ),
            "admin/videos/clip/desk/drift/confirm/",
            "admin/shop/parcel/pack/",
            *("merchant/", "merchant/choose/", "merchant/settings/", "merchant/members/", "merchant/leave/"),
            *("merchant/orders/", "merchant/returns/", "merchant/samples/"),
            *("merchant/products/", "merchant/products/products.csv", "merchant/new-product/", "merchant/imports/"),
            *("merchant/messages/", "merchant/page/", "merchant/analytics/", "merchant/analytics/days.csv"),
            *("merchant/ratings/", "merchant/page/", "merchant/pickup-places/"),
            "merchant/pickup-places/new/",
            *("merchant/webhooks/", "merchant/webhooks/new/"),
            *("admin/feed/goal/weigh/", "admin/payouts/batch/plan/", "accounts/adult/", "accounts/language/"),
            *("accounts/data/", "accounts/leave/", "accounts/2fa/reauthenticate/", "accounts/2fa/totp/activate/"),
            *(
                "accounts/2fa/totp/deactivate/",
                "accounts/2fa/recovery-codes/",
                "studio/earnings/account/",
                "api/v1/earnings/account/",
                "merchant/earnings/",
                "merchant/earnings/account/",
                "merchant/invoices/",
            ),
            *("accounts/2fa/webauthn/add/", "accounts/2fa/webauthn/reauthenticate/"),
            *("accounts/2fa/recovery-codes/generate/", "accounts/2fa/recovery-codes/download/"),
            *(
                "welcome/forget/",
                "welcome/consent/",
                "saved/change/",
                "api/v1/profile/picture/",
                "api/v1/wording/",
                "api/v1/clicks/",
                "api/v1/checkout/",
            ),
            *("api/v1/webhooks/stripe/", "api/v1/feed/less/", "api/v1/events/"),
            *("api/v1/quote/", "api/v1/orders/find/", "api/v1/notices/"),
            *("api/v1/notifications/read/", "api/v1/notifications/browser/"),
        ),
        NOBODY,
    ),
}
"""Every route without parameters, with the roles to which a plain GET is allowed.

A route that is closed to all takes no GET, requires a permission that no role has, or asks for the password again.
"""

_MODEL_ADMIN_ROUTE = re.compile(r"(admin/\w+/\w+/)(?:add/|<path:object_id>/(?:history/|delete/|change/)?)?$")
_ADMIN_ROUTES = ("admin/r/<path:content_type_id>/<path:object_id>/", "admin/(?P<url>.*)$")


def routes_without_rule(routes: set[str]) -> set[str]:
    """Return the routes that have no rule here; Django's own admin routes go by model permissions."""
    return {
        route for route in routes - {*CLIP_ROUTES, *PLAIN_ROUTES, *TESTED_ELSEWHERE} if not is_django_admin_route(route)
    }


def is_django_admin_route(route: str) -> bool:
    """Return True if Django's admin made the route, for itself or for a registered model."""
    if route in _ADMIN_ROUTES or route.startswith("admin/^(?P<app_label>"):
        return True
    match = _MODEL_ADMIN_ROUTE.fullmatch(route)
    models = {f"admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry}
    return match is not None and match[1] in models


def all_routes() -> set[str]:
    """Return every route of the URL configuration, as written there."""
    return set(_walk(get_resolver()))


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            yield route
