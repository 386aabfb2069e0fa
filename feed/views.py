"""The feed as a page: a readable list, which the browser's modules turn into the full-screen feed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from feed.building import BadCursor, build_page
from feed.identity import remember, signed_in_viewer_of
from videos.models import Clip


@require_safe
@ensure_csrf_cookie
def show_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the feed, opening with one clip when its code is given: that is the clip's share page."""
    now = timezone.now()
    identity = signed_in_viewer_of(request, now=now)
    public = Clip.objects.published().suitable_for(is_adult=identity.is_adult).select_related("creator")
    opened = get_object_or_404(public, code=code) if code else None
    try:
        page = build_page(identity=identity, cursor=request.GET.get("cursor", ""), first=code, now=now)
    except BadCursor:
        page = build_page(identity=identity, first=code, now=now)
    context = {"page": page, "opened": opened, "first": page.clips[0] if page.clips else None}
    response = render(request, "feed/feed.html", context)
    response["Cache-Control"] = "private, no-store"
    remember(response, request, identity)
    return response


@require_safe
def show_manifest(request: HttpRequest) -> JsonResponse:
    """Answer with what a phone needs to install the site. Source: W3C Web Application Manifest."""
    icon = {"src": static("site/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    manifest = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#000000",
        "theme_color": "#000000",
        "icons": [icon],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")
