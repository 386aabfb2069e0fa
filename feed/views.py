"""Views for the feed, the welcome page, and the files that browsers need to install the site."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from catalog.site import site_name
from catalog.stock import FEW_LEFT, MAX_QUANTITY
from feed.events.identity import (
    COOKIE_AGE_S,
    WELCOMED_COOKIE,
    delete_viewer_cookies,
    find_stored_viewers,
    identify_signed_in_viewer,
    is_welcomed,
    set_viewer_cookie,
    set_welcomed_cookie,
)
from feed.events.viewer_merge import erase_viewers
from feed.forms import WelcomeForm
from feed.models import Dial, Viewer
from feed.page.cursors import BadCursor
from feed.page.page import build_page
from feed.page.snapshot import current_snapshot
from feed.preferences import choose_interests, skip_interests, start_over
from videos.models import Clip
from videos.playback.viewer_cookie import CONSENT_COOKIE

OFFLINE_FILES = (
    "site/tokens.css",
    "site/base.css",
    "site/controls.css",
    "site/parts.css",
    "site/nav.svg",
    "site/mark.svg",
    "feed/lists.css",
    "shop/shop.css",
    "site/mount.js",
    "feed/storage.js",
    "feed/offline.js",
)
COPIED_PAGES = ("bag", "orders", "saved")
"""Pages that a signed-in person can read without a connection."""


@require_safe
@ensure_csrf_cookie
def show_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the feed as a readable list. Scripts turn it into the full-screen feed.

    If a clip's code is given, the feed starts with that clip. The URL with the code is the one that people share.
    """
    now = timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    public = Clip.objects.shown_to(request.user).select_related("creator")
    opened = get_object_or_404(public, code=code) if code else None
    includes_seen = request.GET.get("again") == "yes"
    options: dict[str, Any] = {"opening_code": code, "includes_seen": includes_seen, "now": now}
    try:
        page = build_page(identity=identity, cursor=request.GET.get("cursor", ""), **options)
    except BadCursor:
        page = build_page(identity=identity, **options)
    clips = page.as_objects()
    context = {
        "clips": clips,
        "owner": identity.owner,
        "cursor": page.cursor,
        "notice": page.notice,
        "max_quantity": MAX_QUANTITY,
        "few_left": FEW_LEFT,
        "opened": opened,
        "includes_seen": includes_seen,
        "has_clips": bool(clips) or len(current_snapshot()) > 0,
        "first": clips[0] if clips else None,
        "asks_interests": identity.may_store and not code and not is_welcomed(request, identity),
        "asks_consent": settings.FEED_ASKS_CONSENT and CONSENT_COOKIE not in request.COOKIES,
    }
    response = render(request, "feed/feed.html", context)
    response["Cache-Control"] = "private, no-store"
    set_viewer_cookie(response, request, identity)
    return response


@require_safe
def show_manifest(request: HttpRequest) -> JsonResponse:
    """Return the manifest that lets phones install the site. Source: W3C Web Application Manifest."""
    icon = {"src": static("site/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    manifest = {
        "id": "/",
        "name": site_name(),
        "short_name": site_name(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#000000",
        "theme_color": "#000000",
        "icons": [icon],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@require_safe
def show_offline(request: HttpRequest) -> HttpResponse:
    """Show the offline page, which browsers store in advance. It is the same for everyone."""
    return render(request, "feed/offline.html")


@require_safe
@cache_control(max_age=0, must_revalidate=True)
def show_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker. It is served at the root because it can only control pages below its own path."""
    files = [static(name) for name in OFFLINE_FILES]
    digest = hashlib.sha256(" ".join(files).encode()).hexdigest()[:12]
    context = {"files": [reverse("offline"), *files], "digest": digest, "language": get_language()}
    context |= {"copied": [reverse(name) for name in COPIED_PAGES]}
    return render(request, "feed/worker.js", context, content_type="text/javascript")


def show_welcome(request: HttpRequest) -> HttpResponse:
    """Ask for interests and the commerce dial. Viewers can return to this page to change both."""
    now = timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    viewer = Viewer.objects.filter(pk=identity.key).first() or Viewer(key=identity.key)
    chosen = {"interests": viewer.interests, "dial": viewer.dial}
    form = WelcomeForm(request.POST if request.method == "POST" else None, initial=chosen, is_adult=identity.is_adult)
    if request.method == "POST" and "skip" in request.POST:
        if identity.may_store:
            skip_interests(key=identity.key, now=now)
        response: HttpResponse = redirect("feed")
        set_welcomed_cookie(response, identity)
    elif request.method == "POST" and form.is_valid():
        if identity.may_store:
            dial = Dial(form.cleaned_data["dial"])
            choose_interests(key=identity.key, categories=form.cleaned_data["interests"], dial=dial, now=now)
        response = redirect("feed")
        set_welcomed_cookie(response, identity)
    else:
        asks_consent = settings.FEED_ASKS_CONSENT
        context = {"form": form, "viewer": viewer, "may_store": identity.may_store, "asks_consent": asks_consent}
        response = render(request, "feed/welcome.html", context)
    set_viewer_cookie(response, request, identity)
    return response


@require_POST
def forget_viewer(request: HttpRequest) -> HttpResponse:
    """Start the ranking over for this viewer, or erase everything that is stored about the viewer."""
    now = timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    response = redirect("welcome")
    if request.POST.get("what") == "everything":
        erase_viewers(find_stored_viewers(request))
        delete_viewer_cookies(response)
        messages.success(request, _("Your viewing history and choices have been erased."))
    elif identity.may_store:
        start_over(key=identity.key, now=now)
        response.delete_cookie(WELCOMED_COOKIE)
        messages.success(request, _("Your feed has been reset."))
    return response


@require_POST
def store_consent(request: HttpRequest) -> HttpResponse:
    """Store whether the viewer agrees to a personal feed. If not, erase the viewer."""
    answer = "yes" if request.POST.get("answer") == "yes" else "no"
    response = redirect("welcome" if request.POST.get("then") == "welcome" else "feed")
    response.set_cookie(
        CONSENT_COOKIE, answer, max_age=COOKIE_AGE_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    if answer == "no":
        erase_viewers(find_stored_viewers(request))
        delete_viewer_cookies(response)
    return response
