"""`{% load clips %}`: addresses of what the pipeline made of a clip."""

from django import template
from django.conf import settings

from videos.models import Clip
from videos.pipeline.outputs import Outputs

register = template.Library()


@register.filter
def poster(clip: Clip) -> str:
    """Return the address of the clip's poster, or nothing while there is none."""
    made = Outputs.read(clip.source.outputs) if clip.source else None
    if clip.source is None or made is None or made.poster is None:
        return ""
    return f"{settings.MEDIA_URL}{clip.source.media_folder}/{made.poster.name}"
