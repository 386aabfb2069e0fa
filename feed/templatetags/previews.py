"""`{% load previews %}`: structured data about a clip for search engines."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog.templatetags.structured import json_ld
from videos.models import Medium

register = template.Library()


@register.simple_tag
def clip_json_ld(clip: dict[str, Any]) -> SafeString:
    """Return structured data for a published clip. `clip` is its card.

    Sources: schema.org/VideoObject, schema.org/SocialMediaPosting.
    """
    site = settings.SITE_URL
    data = {
        "@context": "https://schema.org",
        "description": ". ".join(filter(None, (clip["ad_label"], clip["caption"]))),
        "url": site + clip["url"],
        "inLanguage": clip["language"],
    }
    person = {"@type": "Person", "name": clip["creator"]["name"], "url": site + clip["creator"]["url"]}
    at = str(clip["published_at"]).replace(" ", "T")
    if clip["medium"] == Medium.PHOTOS:
        images = [_image(photo) for photo in clip["photos"]]
        post = {"@type": "SocialMediaPosting", "headline": clip["caption"], "datePublished": at, "author": person}
        return json_ld(data | post | {"image": images})
    film = {
        "@type": "VideoObject",
        "name": clip["caption"],
        "uploadDate": at,
        "duration": f"PT{clip['duration_ms'] / 1000:g}S",
        "contentUrl": site + clip["renditions"][0]["url"],
        "embedUrl": site + reverse("embed", args=[clip["code"]]),
        "creator": person,
    }
    return json_ld(data | film | ({"thumbnailUrl": [site + clip["poster"]]} if clip["poster"] else {}))


def _image(photo: dict[str, Any]) -> dict[str, Any]:
    text = {"caption": photo["text"]} if photo["text"] else {}
    return {"@type": "ImageObject", "contentUrl": settings.SITE_URL + photo["url"], **text}
