"""Views for media files and captions. In production, these views check access, and nginx sends the media files."""

import mimetypes

from django.conf import settings
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from accounts.stored_files import open_stored
from videos.models import Clip
from videos.playback.byte_ranges import Unsatisfiable, read_range
from videos.playback.media_files import REVALIDATE, MediaFile, find_media

TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".m4s": "video/iso.segment", ".vtt": "text/vtt; charset=utf-8"}

BLOCK_BYTES = 1 << 16


@require_safe
def media_file(request: HttpRequest, name: str) -> HttpResponseBase:
    file = find_media(name, request.user)
    if file is None:
        raise Http404
    try:
        return respond_with_file(request, file)
    except FileNotFoundError as error:  # deleted meanwhile
        raise Http404 from error


def respond_with_file(request: HttpRequest, file: MediaFile) -> HttpResponseBase:
    """Return the file, or the range of it that was asked for. Whoever asks may have it. Raises FileNotFoundError."""
    response = _respond(request, file)
    response["ETag"] = file.etag
    response["Cache-Control"] = file.cache_control
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _respond(request: HttpRequest, file: MediaFile) -> HttpResponseBase:
    content_type = _type_of(file.name)
    if settings.MEDIA_ACCEL_PREFIX:
        return HttpResponse(
            content_type=content_type, headers={"X-Accel-Redirect": settings.MEDIA_ACCEL_PREFIX + file.name}
        )
    if file.etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers={"Content-Length": str(file.size_bytes)})
    header = request.headers.get("Range", "")
    if quote_etag(request.headers.get("If-Range", file.etag)) != file.etag:
        header = ""
    try:
        byte_range = read_range(header, file.size_bytes)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size_bytes}"})
    if byte_range is None:
        return _whole_file(file, content_type)
    stream = open_stored(storages["default"], file.name, first=byte_range.first, length=byte_range.length)
    with stream:
        body = stream.read(byte_range.length)
    headers = {"Content-Range": byte_range.content_range(file.size_bytes)}
    return HttpResponse(body, status=206, content_type=content_type, headers=headers)


def _whole_file(file: MediaFile, content_type: str) -> FileResponse:
    response = FileResponse(open_stored(storages["default"], file.name), content_type=content_type)
    response.block_size = BLOCK_BYTES
    response["Content-Length"] = str(file.size_bytes)
    return response


def _type_of(name: str) -> str:
    suffix = "." + name.rpartition(".")[2].lower()
    return TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@require_safe
def captions_file(request: HttpRequest, code: str) -> HttpResponse:
    """Respond with a clip's captions as WebVTT."""
    clip = get_object_or_404(Clip.objects.visible_to(request.user).exclude(captions_vtt=""), code=code)
    return HttpResponse(
        clip.captions_vtt, content_type="text/vtt; charset=utf-8", headers={"Cache-Control": REVALIDATE}
    )
