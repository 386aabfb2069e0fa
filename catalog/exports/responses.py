"""Exports as answers to requests, sent while they are made."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from catalog.exports.google_files import GoogleFile


def stream_file(lines: Iterable[str], *, file_name: str, content_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "X-Robots-Tag": "noindex"}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def stream_google_file(kind: GoogleFile) -> StreamingHttpResponse:
    return stream_file(kind.lines(), file_name=f"products.{kind}", content_type=kind.content_type)
