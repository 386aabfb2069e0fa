"""The feed as a page: a readable list, which the browser's modules turn into the full-screen feed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
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
    opened = get_object_or_404(Clip.objects.visible_to(request.user), code=code) if code else None
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
def show_captions(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with a clip's captions as a WebVTT file."""
    clip = get_object_or_404(Clip.objects.visible_to(request.user).exclude(captions_vtt=""), code=code)
    response = HttpResponse(clip.captions_vtt, content_type="text/vtt; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response
