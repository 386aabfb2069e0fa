"""What happens to an uploaded file's bytes while they arrive."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from videos.intake.disk import is_full

TOO_LARGE, NO_ROOM = "feedsite.too_large_files", "feedsite.files_without_room"


class SizeLimitHandler(FileUploadHandler):
    """Drop a file as soon as it is too large, and keep the rest of the form.

    Stands before the handlers that store. The names of the dropped fields are read with `was_too_large`.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            _drop(self, TOO_LARGE)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


class RoomyTemporaryFileHandler(TemporaryFileUploadHandler):
    """Keep large files on the disk; drop one for which there is no room, and keep the rest of the form.

    The names of the dropped fields are read with `had_no_room`.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if is_full(error):
                _drop(self, NO_ROOM)
            raise


def was_too_large(request: HttpRequest, field_name: str) -> bool:
    return field_name in request.META.get(TOO_LARGE, ())


def had_no_room(request: HttpRequest, field_name: str) -> bool:
    return field_name in request.META.get(NO_ROOM, ())


def _drop(handler: FileUploadHandler, why: str) -> None:
    """Note the field and skip its file. Raises SkipFile."""
    if handler.request is not None:
        handler.request.META.setdefault(why, set()).add(handler.field_name)
    raise SkipFile
