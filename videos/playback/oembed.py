"""Descriptions of posts for other sites, and which addresses name a post here. Source: https://oembed.com (1.0)."""

import contextlib
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape

from catalog.site import site_name
from videos.models import Clip
from videos.playback.preview_pictures import HEIGHT_PX, WIDTH_PX
from videos.playback.sources import poster_address

EMBED_WIDTH_PX, EMBED_HEIGHT_PX = 400, 720
CACHE_S = 3600
ROUTES = frozenset({"clip", "clip-player", "clip-share", "embed"})
_DEFAULT_PORTS = (None, 80, 443)


def read_code(address: str, hosts: Collection[str]) -> str:
    """Return the code of the post that an address names, or "" if it names none on these hosts.

    Both schemes will do, and so will a missing slash at the end, a query and a fragment.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = _normalize(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    netloc = host if port in _DEFAULT_PORTS else f"{host}:{port}"
    if parts.scheme not in ("http", "https") or netloc not in {_without_default_port(name) for name in hosts}:
        return ""
    path = unquote(parts.path)
    try:
        match = resolve(path if path.endswith("/") else f"{path}/")
    except Resolver404:
        return ""
    return str(match.kwargs["code"]) if match.url_name in ROUTES else ""


def describe_embed(clip: Clip, *, max_width_px: int | None, max_height_px: int | None) -> dict[str, Any]:
    """Return the fields of an oEmbed response. Load the clip with its creator and source, and `with_cover`."""
    site, width_px, height_px = settings.SITE_URL, EMBED_WIDTH_PX, EMBED_HEIGHT_PX
    width_px, height_px = min(width_px, max_width_px or width_px), min(height_px, max_height_px or height_px)
    described: dict[str, Any] = {
        "version": "1.0",
        "type": "rich" if clip.is_photos else "video",
        "title": clip.caption,
        "author_name": clip.creator.display_name,
        "author_url": site + clip.creator.get_absolute_url(),
        "provider_name": site_name(),
        "provider_url": f"{site}/",
        "cache_age": CACHE_S,
        "html": write_embed_code(clip.code, clip.caption, width_px, height_px),
        "width": width_px,
        "height": height_px,
    }
    if poster_address(clip) and (max_width_px or WIDTH_PX) >= WIDTH_PX and (max_height_px or HEIGHT_PX) >= HEIGHT_PX:
        described["thumbnail_url"] = site + reverse("clip-preview", args=[clip.code])
        described |= {"thumbnail_width": WIDTH_PX, "thumbnail_height": HEIGHT_PX}
    return described


def write_embed_code(code: str, title: str, width_px: int, height_px: int) -> str:
    """Return the HTML with which another site shows a post."""
    url, name = escape(settings.SITE_URL + reverse("embed", args=[code])), escape(title)
    size = f'width="{width_px}" height="{height_px}"'
    return f'<iframe src="{url}" title="{name}" {size} frameborder="0" loading="lazy" allowfullscreen></iframe>'


def _without_default_port(host: str) -> str:
    parts = urlsplit(f"//{host}")
    name = _normalize(parts.hostname or "")
    return name if parts.port in _DEFAULT_PORTS else f"{name}:{parts.port}"


def _normalize(host: str) -> str:
    """Return a host name in the letters that the network uses: `bücher.example` is `xn--bcher-kva.example`."""
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    return host.lower().rstrip(".")
