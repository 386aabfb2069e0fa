"""The page of one post that other sites frame, with its products. It neither reads nor sets cookies."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from videos.models import Clip
from videos.playback.media_files import REVALIDATE
from videos.playback.sources import read_playback

_FRAMEABLE: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": ["*"]}


@require_safe
@xframe_options_exempt
@csp_override(_FRAMEABLE)
def embed_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a post that everybody may see. Otherwise say politely that it isn't available: 410 after a take-down."""
    posts = Clip.objects.shown_to(AnonymousUser()).with_tags().select_related("creator", "source")
    clip = posts.filter(code=code).first()
    if clip is None:
        was_public = Clip.objects.filter(code=code, published_at__isnull=False, is_age_restricted=False).exists()
        response = render(request, "videos/embed_gone.html", status=410 if was_public else 404)
    else:
        products = {tag.product_id: tag.product for tag in clip.tags.all()}
        context = {"clip": clip, "playback": read_playback(clip.source, clip), "products": products.values()}
        response = render(request, "videos/embed.html", context)
    response["Cache-Control"] = REVALIDATE
    return response
