"""The page of a clip as text: what is said in it, and when its products are shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from videos.models import Clip
from videos.playback.caption_links import link_rows, split_caption
from videos.playback.transcript import read_transcript


@require_safe
def transcript_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the transcript of a published clip."""
    clips = Clip.objects.shown_to(request.user).with_tags().annotate(**link_rows()).select_related("creator")
    clip = get_object_or_404(clips, code=code)
    context = {"clip": clip, "caption": split_caption(clip), "cues": read_transcript(clip.captions_vtt).cues}
    return render(request, "videos/transcript.html", context)
