"""`{% load embeds %}`: the markup with which other sites embed a post."""

from django import template
from django.conf import settings
from django.urls import reverse

from videos.models import Clip
from videos.playback.oembed import EMBED_HEIGHT_PX, EMBED_WIDTH_PX, write_embed_code

register = template.Library()


@register.simple_tag
def embed_code(clip: Clip) -> str:
    return write_embed_code(clip.code, clip.caption, EMBED_WIDTH_PX, EMBED_HEIGHT_PX)


@register.simple_tag
def embed_code_pattern() -> str:
    """Return the embed code for scripts, which fill in `{code}` and `{title}`."""
    return write_embed_code("0", "{title}", EMBED_WIDTH_PX, EMBED_HEIGHT_PX).replace(
        settings.SITE_URL + reverse("embed", args=["0"]), settings.SITE_URL + "/embed/{code}/"
    )
