"""Resumable uploads with tus 1.0.0 and its creation, termination, expiration and checksum extensions.

Source: https://tus.io/protocols.
"""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from creators.access import find_creator
from creators.api import require_creator
from videos.api.errors import IntakeErrorsMixin
from videos.api.serializers import UnfinishedUploadSerializer, upload_url
from videos.intake import tus
from videos.intake.parts import CHECKSUMS, Checksum
from videos.models import Upload
from videos.models.clip import is_code
from videos.studio.unfinished import list_unfinished
from videos.tasks import enqueue_processing

VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"


class UnsupportedVersion(APIException):
    status_code = 412
    default_detail = "This server supports tus 1.0.0."


class UnsupportedType(APIException):
    status_code = 415
    default_detail = f"Send a chunk as {CHUNK_TYPE}."


def header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


class TusView(IntakeErrorsMixin):
    """Base class of the tus views. It adds the protocol's headers and refuses other versions of the protocol."""

    permission_classes = [IsAuthenticated]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Replace the method POST with the one named in X-HTTP-Method-Override, as the protocol requires.

        Some clients can only send POST.
        """
        override = request.headers.get("X-HTTP-Method-Override", "")
        if request.method == "POST" and override in ("PATCH", "DELETE"):
            request.method = override
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "GET" and request.headers.get("Tus-Resumable") != VERSION:
            raise UnsupportedVersion

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        finalized = super().finalize_response(request, response, *args, **kwargs)
        finalized["Tus-Resumable"] = VERSION
        if finalized.status_code == UnsupportedVersion.status_code:
            finalized["Tus-Version"] = VERSION
        return finalized


class UploadList(TusView):
    """The caller's unfinished uploads, newest first, at most a few. POST starts an upload."""

    error_statuses = (404, 409, 412, 413, 422, 429, 507)
    throttle_scope = "write"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer OPTIONS with the supported features. The protocol requires this even without authentication."""
        if request.method != "OPTIONS":
            return super().dispatch(request, *args, **kwargs)
        features = {
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        return HttpResponse(status=204, headers=features)

    @extend_schema(responses=UnfinishedUploadSerializer(many=True))
    def get(self, request: Request) -> Response:
        creator = find_creator(request.user)
        unfinished = list_unfinished(creator.pk, now=timezone.now()) if creator else []
        return Response(UnfinishedUploadSerializer(unfinished, many=True, context={"request": request}).data)

    @extend_schema(
        request=None,
        responses={201: None},
        parameters=[
            header("Upload-Length", "Size of the whole file in bytes."),
            header(
                "Upload-Metadata",
                "`filename`, and `clip`: the code of the draft that the file belongs to; values in base64.",
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        creator = require_creator(request)
        metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
        clip_code = metadata.get("clip", "")
        upload = tus.start_upload(
            creator=creator,
            clip_code=clip_code if is_code(clip_code) else "",
            file_name=metadata.get("filename", ""),
            size_bytes=read_number(request, "Upload-Length"),
            now=timezone.now(),
        )
        return Response(status=201, headers={"Location": upload_url(request, upload)} | state_headers(upload))


class UploadDetail(TusView):
    """One upload. HEAD returns its offset, PATCH continues it and DELETE cancels it."""

    read_error_statuses = (412,)
    error_statuses = (409, 412, 413, 415, 422, 429, 460, 507)

    @extend_schema(responses={200: None})
    def head(self, request: Request, code: str) -> Response:
        upload = find_upload(request, code)
        _finish_if_complete(upload)
        return Response(
            headers=state_headers(upload) | {"Upload-Metadata": write_metadata(upload), "Cache-Control": "no-store"}
        )

    @extend_schema(
        request={CHUNK_TYPE: bytes},
        responses={204: None},
        parameters=[
            header("Upload-Offset", "Where the chunk starts: the number of bytes received so far."),
            header("Upload-Checksum", "`sha1` or `sha256`, and the digest of the chunk in base64."),
        ],
    )
    def patch(self, request: Request, code: str) -> Response:
        upload = find_upload(request, code)
        if request.content_type != CHUNK_TYPE:
            raise UnsupportedType
        stream = request._request
        tus.append(
            upload=upload,
            offset=read_number(request, "Upload-Offset"),
            read=lambda size: stream.read(size),
            checksum=read_checksum(request.headers.get("Upload-Checksum", "")),
        )
        _finish_if_complete(upload)
        return Response(status=204, headers=state_headers(upload))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        tus.cancel_upload(upload=find_upload(request, code), now=timezone.now())
        return Response(status=204)


def _finish_if_complete(upload: Upload) -> None:
    if upload.source_id is None and tus.received_bytes(upload) == upload.size_bytes:
        tus.finish_upload(upload=upload, now=timezone.now())
        enqueue_processing()


def find_upload(request: Request, code: str) -> Upload:
    """Return the caller's own upload. Raises Http404 if it does not exist, was abandoned, or has expired."""
    uploads = Upload.objects.filter(has_arrived=False, lost_bytes=None, expires_at__gt=timezone.now())
    return get_object_or_404(uploads.select_related("creator", "source"), creator__user=request.user, code=code)


def state_headers(upload: Upload) -> dict[str, str]:
    """Return the response headers that state an upload's offset, length and expiry."""
    return {
        "Upload-Offset": str(tus.received_bytes(upload)),
        "Upload-Length": str(upload.size_bytes),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def read_number(request: Request, name: str) -> int:
    """Return the value of a request header as a whole number. Raises ValidationError."""
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ValidationError({name: [_("Enter a whole number.")]})
    return int(text)


def read_metadata(text: str) -> dict[str, str]:
    """Return the keys and decoded values of an Upload-Metadata header. Raises ValidationError.

    The header has the form `key base64,key base64`.
    """
    try:
        pairs = (pair.strip().partition(" ") for pair in text.split(",") if pair.strip())
        return {key: base64.b64decode(value, validate=True).decode() for key, _space, value in pairs}
    except ValueError as error:  # binascii.Error and UnicodeDecodeError are subclasses
        raise ValidationError({"Upload-Metadata": [_("Values must be UTF-8 text in base64.")]}) from error


def write_metadata(upload: Upload) -> str:
    """Return the value of an Upload-Metadata header, with the upload's file name and clip code."""
    metadata = {"filename": upload.user_file_name, "clip": upload.clip_code}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items() if value)


def read_checksum(text: str) -> Checksum | None:
    """Return the checksum in a header, or None if the header is empty. Raises ValidationError.

    The header has the form `algorithm base64`.
    """
    if not text:
        return None
    algorithm, _space, digest = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise ValidationError({"Upload-Checksum": [_("Use one of: %(names)s.") % {"names": ", ".join(CHECKSUMS)}]})
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except binascii.Error as error:
        raise ValidationError({"Upload-Checksum": [_("The digest must be base64.")]}) from error
