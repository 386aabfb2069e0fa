"""What happens to an uploaded file's bytes while they arrive."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

REFUSED = "feedsite.refused_files"


class SizeLimitHandler(FileUploadHandler):
    """Drop a file as soon as it is too large, and keep the rest of the form.

    Stands before the handlers that store. The names of the dropped fields are read with `was_too_large`.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            if self.request is not None:
                self.request.META.setdefault(REFUSED, set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


def was_too_large(request: HttpRequest, field_name: str) -> bool:
    return field_name in request.META.get(REFUSED, ())
