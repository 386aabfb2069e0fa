"""`{% load clips %}`: URLs for a clip's files, and what is accepted."""

from django import template
from django.conf import settings
from django.utils.translation import get_language

from videos.intake.storage import upload_policy
from videos.models import Clip, Reason
from videos.pipeline.outputs import Outputs

register = template.Library()


@register.filter
def poster(clip: Clip) -> str:
    """Return the URL of the clip's poster image, or an empty string if there is none yet."""
    outputs = Outputs.read(clip.source.outputs) if clip.source else None
    if clip.source is None or outputs is None or outputs.poster is None:
        return ""
    return f"{settings.MEDIA_URL}{clip.source.media_folder}/{outputs.poster.name}"


@register.simple_tag
def file_limits() -> dict[str, int]:
    """Return the longest clip in `seconds`, and the largest file in `megabytes`."""
    policy = upload_policy()
    return {"seconds": policy.max_duration_ms // 1000, "megabytes": policy.max_bytes // 1_000_000}


@register.simple_tag
def review_reasons() -> list[str]:
    """Return the texts of the reasons for which moderators send clips back, in the active language."""
    language = get_language() or settings.LANGUAGE_CODE
    return [reason.text_in(language) for reason in Reason.objects.filter(is_active=True).order_by("position")]
