"""`{% load clips %}`: URLs for a clip's files, and what is accepted."""

from django import template
from django.conf import settings
from django.utils.translation import get_language

from videos.intake.storage import upload_policy
from videos.models import Clip, Reason
from videos.playback.sources import poster_address

register = template.Library()


@register.filter
def poster(clip: Clip) -> str:
    """Return the URL of the still that stands for the clip, or an empty string if there is none yet."""
    return poster_address(clip)


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
