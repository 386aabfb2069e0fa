"""What other sites ask about a post: its description as oEmbed, and the picture of its link preview."""

import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.page_limits import explain_limit, is_limited
from videos.models import Clip
from videos.playback.media_files import REVALIDATE
from videos.playback.oembed import describe_embed, read_code
from videos.playback.preview_pictures import draw_preview, find_preview
from videos.playback.sources import poster_address

LARGEST_PX = 100_000
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@require_safe
def describe_post(request: HttpRequest) -> HttpResponse:
    """Describe the post at an address of this site as oEmbed, in JSON or XML.

    404 for other addresses, 401 for posts that only some people may see, 501 for other formats, as oEmbed has it.
    """
    response = _describe(request)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _describe(request: HttpRequest) -> HttpResponse:
    answer_format = request.GET.get("format", "json").lower()
    if answer_format not in ("json", "xml"):
        return _refuse(_("The format can be json or xml."), 501)
    try:
        max_width_px, max_height_px = (_read_px(request, name) for name in ("maxwidth", "maxheight"))
    except ValueError:
        return _refuse(_("maxwidth and maxheight are numbers of pixels."), 400)
    if not request.GET.get("url"):
        return _refuse(_("Send the address of a post as url."), 400)
    code = read_code(request.GET["url"], {urlsplit(settings.SITE_URL).netloc, request.get_host()})
    clip = Clip.objects.published().with_cover().select_related("creator", "source").filter(code=code).first()
    if clip is None:
        return _refuse(_("There is no such post here."), 404)
    if clip.is_age_restricted:
        return _refuse(_("This post can be seen only on our own pages."), 401)
    described = describe_embed(clip, max_width_px=max_width_px, max_height_px=max_height_px)
    if answer_format == "xml":
        return HttpResponse(_as_xml(described), content_type="text/xml; charset=utf-8")
    return JsonResponse(described)


def _read_px(request: HttpRequest, name: str) -> int | None:
    """Return a length that the request asks for, or None. Raises ValueError."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise ValueError(name)
    return min(int(text), LARGEST_PX)


def _refuse(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": sentence}, status=status)


def _as_xml(described: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in described.items():
        ElementTree.SubElement(root, name).text = NOT_IN_XML.sub("", str(value))
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


@require_safe
def preview_picture(request: HttpRequest, code: str) -> HttpResponseBase:
    """Return the picture of a post's link preview. There is none of a post that not everybody may see."""
    posts = Clip.objects.shown_to(AnonymousUser()).with_cover().select_related("source")
    address = poster_address(get_object_or_404(posts, code=code), 1080)
    if not address:
        raise Http404
    name = address.removeprefix(settings.MEDIA_URL)
    etag = quote_etag(salted_hmac("preview", name, algorithm="sha256").hexdigest()[:16])
    headers = {"ETag": etag, "Cache-Control": REVALIDATE}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    picture = find_preview(name)
    if picture is None:
        if is_limited(request, scope="write"):
            return HttpResponse(explain_limit(), status=429, content_type="text/plain; charset=utf-8")
        try:
            picture = draw_preview(name)
        except FileNotFoundError as error:
            raise Http404 from error
    return HttpResponse(picture, content_type="image/jpeg", headers=headers)
