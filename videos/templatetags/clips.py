"""`{% load clips %}`: URLs for a clip's files."""

from django import template
from django.conf import settings

from videos.models import Clip
from videos.pipeline.outputs import Outputs

register = template.Library()


@register.filter
def poster(clip: Clip) -> str:
    """Return the URL of the clip's poster image, or an empty string if there is none yet."""
    outputs = Outputs.read(clip.source.outputs) if clip.source else None
    if clip.source is None or outputs is None or outputs.poster is None:
        return ""
    return f"{settings.MEDIA_URL}{clip.source.media_folder}/{outputs.poster.name}"
