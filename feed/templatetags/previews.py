"""`{% load previews %}`: structured data about a clip for search engines."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog.templatetags.structured import json_ld

register = template.Library()


@register.simple_tag
def clip_json_ld(clip: dict[str, Any]) -> SafeString:
    """Return structured data for a published clip. `clip` is its card. Source: schema.org/VideoObject."""
    site = settings.SITE_URL
    rendition = clip["renditions"][0]
    data = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": clip["caption"],
        "description": ". ".join(filter(None, (clip["ad_label"], clip["caption"]))),
        "uploadDate": str(clip["published_at"]).replace(" ", "T"),
        "duration": f"PT{clip['duration_ms'] / 1000:g}S",
        "url": site + clip["url"],
        "contentUrl": site + rendition["url"],
        "embedUrl": site + reverse("clip-player", args=[clip["code"]]),
        "inLanguage": clip["language"],
        "creator": {"@type": "Person", "name": clip["creator"]["name"], "url": site + clip["creator"]["url"]},
    }
    return json_ld(data | ({"thumbnailUrl": [site + clip["poster"]]} if clip["poster"] else {}))
