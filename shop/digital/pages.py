"""The page of a download, and the file itself. Whoever has the link may open both."""

import re

from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.stored_files import file_facts
from catalog.models import DigitalFile
from shop.digital.downloads import DownloadRefused, explain_refusal, find_download, start_download
from shop.models import Download
from videos.playback.media_files import MediaFile
from videos.views.media import respond_with_file

LATER_PART = re.compile(r"bytes=0*[1-9]\d*-\d*", re.ASCII)
"""One range that does not begin at the first byte."""


@require_safe
def download_page(request: HttpRequest, code: str, pk: int, token: str) -> HttpResponse:
    """Show the file's name with a link to it. Programs that open the links of emails count as no download."""
    download = _get_download(code, pk, token)
    problem = explain_refusal(download, now=timezone.now())
    context = {"download": download, "file": _get_file(download), "problem": problem}
    return _private(render(request, "shop/download.html", context, status=403 if problem else 200))


@require_safe
def download_file(request: HttpRequest, code: str, pk: int, token: str) -> HttpResponseBase:
    """Send the file, or the range that was asked for. Each beginning counts as a download."""
    download = _get_download(code, pk, token)
    file, is_head = _get_file(download), request.method == "HEAD"
    is_resumed = bool(LATER_PART.fullmatch(request.headers.get("Range", "").strip()))
    problem = explain_refusal(download, now=timezone.now()) if is_head else ""
    try:
        if not is_head:
            start_download(download=download, is_resumed=is_resumed, now=timezone.now())
    except DownloadRefused as refusal:
        problem = str(refusal)
    if problem:
        context = {"download": download, "file": file, "problem": problem}
        return _private(render(request, "shop/download.html", context, status=403))
    size, changed_at = file_facts(storages["default"], file.stored_name)
    etag = f'"{size:x}-{int(changed_at.timestamp()):x}"'
    response = respond_with_file(request, MediaFile(file.stored_name, size, etag, "private, no-store"))
    response["Content-Type"] = file.content_type
    response["Content-Disposition"] = content_disposition_header(True, file.file_name) or "attachment"
    return _private(response)


def _get_download(code: str, pk: int, token: str) -> Download:
    download = find_download(order_code=code, pk=pk, token=token)
    if download is None:
        raise Http404
    return download


def _get_file(download: Download) -> DigitalFile:
    return DigitalFile.objects.get(variant=download.order_line.variant_id)


def _private[Response: HttpResponseBase](response: Response) -> Response:
    response.headers["X-Robots-Tag"], response.headers["Referrer-Policy"] = "noindex", "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
