"""`{% load endpoints %}`: API URLs for the feed's scripts."""

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString

register = template.Library()

PLACEHOLDERS = ("code", "clip_code", "handle", "slug")
ENDPOINTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "addresses": ("api-addresses", ()),
    "bag": ("api-bag", ()),
    "checkout": ("api-checkout", ()),
    "collection_clip": ("api-collection-clip", ("code", "clip_code")),
    "collections": ("api-collections", ()),
    "clicks": ("api-clicks", ()),
    "follow": ("api-follow", ("handle",)),
    "hide": ("api-react", ("code", "not-interested")),
    "hide_creator": ("api-hide-creator", ("handle",)),
    "interests": ("api-interests", ()),
    "last_options": ("api-last-options", ()),
    "less": ("api-feed-less", ()),
    "like": ("api-react", ("code", "like")),
    "product": ("api-product", ("slug",)),
    "quote": ("api-quote", ()),
    "report": ("api-report", ("code",)),
    "save": ("api-react", ("code", "save")),
    "share": ("api-react", ("code", "share")),
    "share_link": ("api-share-link", ("code",)),
}
"""The route and arguments behind each name used in scripts. Scripts fill in arguments listed in PLACEHOLDERS."""


@register.simple_tag
def feed_endpoints() -> SafeString:
    """Return a script element with the URLs as JSON. Placeholders look like `{code}`."""
    return json_script(
        {name: _url(route, arguments) for name, (route, arguments) in ENDPOINTS.items()}, "feed-endpoints"
    )


def _url(route: str, arguments: tuple[str, ...]) -> str:
    url = reverse(route, args=arguments)
    for name in PLACEHOLDERS:
        if name in arguments:
            url = url.replace(f"/{name}/", f"/{{{name}}}/")
    return url
