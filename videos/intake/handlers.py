"""Django upload handlers that drop files which are too large or do not fit on the disk.

The rest of the form is still processed, so that nothing typed is lost.
"""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from rest_framework.request import Request

from videos.intake.disk import has_room, is_disk_full
from videos.intake.errors import DiskFull, FileTooLarge

TOO_LARGE, DISK_FULL = "feedsite.too_large_files", "feedsite.disk_full_files"
"""Keys in `request.META`. Each key lists the form fields whose files were dropped for that reason."""


class SizeLimitHandler(FileUploadHandler):
    """An upload handler that drops a file as soon as it exceeds UPLOAD_MAX_BYTES.

    It must come before the handlers that store files.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            _drop_file(self, TOO_LARGE)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


class DiskFullHandler(TemporaryFileUploadHandler):
    """An upload handler that stores large files on disk, and drops a file if the disk is full."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not has_room(len(raw_data), Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())):
            _drop_file(self, DISK_FULL)
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if is_disk_full(error):
                _drop_file(self, DISK_FULL)
            raise


def uploaded_file(request: HttpRequest | Request, field_name: str) -> UploadedFile[bytes] | None:
    """Return the file sent in a form field, or None if there is none.

    Raises FileTooLarge or DiskFull if an upload handler dropped the file.
    """
    file = request.FILES.get(field_name)  # first, because it parses the body and so runs the handlers
    if field_name in request.META.get(TOO_LARGE, ()):
        raise FileTooLarge(max_bytes=settings.UPLOAD_MAX_BYTES)
    if field_name in request.META.get(DISK_FULL, ()):
        raise DiskFull
    return file


def _drop_file(handler: FileUploadHandler, reason: str) -> None:
    """Record in the request that this field's file was dropped. Always raises SkipFile.

    `reason` is TOO_LARGE or DISK_FULL.
    """
    if handler.request is not None:
        handler.request.META.setdefault(reason, set()).add(handler.field_name)
    raise SkipFile
