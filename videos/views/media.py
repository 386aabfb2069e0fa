"""Media files by range; in production nginx sends the bytes and this view only decides."""

import mimetypes

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from videos.models import Clip
from videos.playback.byte_ranges import Unsatisfiable, read_range
from videos.playback.media_files import REVALIDATE, MediaFile, find_media

TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".m4s": "video/iso.segment", ".vtt": "text/vtt; charset=utf-8"}


@require_safe
def media_file(request: HttpRequest, name: str) -> HttpResponseBase:
    found = find_media(name, request.user)
    if found is None:
        raise Http404
    response = _answer(request, found)
    response["ETag"] = found.etag
    response["Cache-Control"] = found.cache_control
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(request: HttpRequest, found: MediaFile) -> HttpResponseBase:
    content_type = _type_of(found.name)
    if settings.MEDIA_ACCEL_PREFIX:
        return HttpResponse(
            content_type=content_type, headers={"X-Accel-Redirect": settings.MEDIA_ACCEL_PREFIX + found.name}
        )
    if found.etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers={"Content-Length": str(found.size_bytes)})
    header = request.headers.get("Range", "")
    if quote_etag(request.headers.get("If-Range", found.etag)) != found.etag:
        header = ""
    try:
        wanted = read_range(header, found.size_bytes)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.size_bytes}"})
    opened = default_storage.open(found.name)
    if wanted is None:
        return FileResponse(opened, content_type=content_type)
    with opened:
        opened.seek(wanted.first)
        body = opened.read(wanted.length)
    headers = {"Content-Range": wanted.content_range(found.size_bytes)}
    return HttpResponse(body, status=206, content_type=content_type, headers=headers)


def _type_of(name: str) -> str:
    ending = "." + name.rpartition(".")[2].lower()
    return TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@require_safe
def captions_file(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with a clip's captions as WebVTT."""
    clip = get_object_or_404(Clip.objects.visible_to(request.user).exclude(captions_vtt=""), code=code)
    return HttpResponse(
        clip.captions_vtt, content_type="text/vtt; charset=utf-8", headers={"Cache-Control": REVALIDATE}
    )
