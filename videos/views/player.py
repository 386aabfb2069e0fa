"""A minimal player page for one published clip. Other sites may embed it in link previews."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from videos.models import Clip
from videos.playback.sources import read_playback

_EMBEDDABLE_CSP: dict[str, Any] = {
    name: rule for name, rule in settings.SECURE_CSP.items() if name != "frame-ancestors"
}


@require_safe
@xframe_options_exempt
@csp_override(_EMBEDDABLE_CSP)
def player_page(request: HttpRequest, code: str) -> HttpResponse:
    clips = Clip.objects.shown_to(request.user).with_interest().select_related("creator", "source")
    clip = get_object_or_404(clips, code=code)
    context: dict[str, Any] = {"clip": clip, "playback": read_playback(clip.source, clip)}
    return render(request, "videos/player.html", context)
