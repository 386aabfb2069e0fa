"""Resumable uploads: tus 1.0.0 with creation, termination, expiration and checksum. Source: https://tus.io/protocols."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict, Unprocessable
from creators.api import require_creator
from videos.api.errors import NoRoom, TooLarge, TooMany
from videos.intake import tus
from videos.intake.disk import DiskFull
from videos.intake.quota import TooManyUploads, UploadRefused, too_large_sentence
from videos.models import Upload
from videos.models.clip import is_code
from videos.ringing import ring_for

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"


class WrongVersion(APIException):
    status_code = 412
    default_detail = "This server speaks tus 1.0.0."


class WrongType(APIException):
    status_code = 415
    default_detail = f"A piece is sent as {PIECE_TYPE}."


class Locked(APIException):
    status_code = 423
    default_detail = "Another connection is sending this file. Please try again in a moment."


class Damaged(APIException):
    status_code = 460
    default_detail = "The piece arrived damaged. Please send it again."


def header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


class TusView(APIView):
    """What every answer carries; a client of another version is sent away."""

    permission_classes = [IsAuthenticated]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Take the method from a header where a client can send no other than POST, as the protocol asks."""
        meant = request.headers.get("X-HTTP-Method-Override", "")
        if request.method == "POST" and meant in ("PATCH", "DELETE"):
            request.method = meant
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        if answer.status_code == WrongVersion.status_code:
            answer["Tus-Version"] = VERSION
        return answer


class UploadList(TusView):
    """Start an upload."""

    throttle_scope = "write"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Tell what is offered, to anybody, as the protocol asks."""
        if request.method != "OPTIONS":
            return super().dispatch(request, *args, **kwargs)
        offered = {
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
        }
        return HttpResponse(status=204, headers=offered)

    @extend_schema(
        request=None,
        responses={201: None},
        parameters=[
            header("Upload-Length", "Bytes of the whole file."),
            header("Upload-Metadata", "`filename` and, for the draft that the file is for, `clip`; values in base64."),
        ],
    )
    def post(self, request: Request) -> Response:
        creator = require_creator(request)
        named = read_metadata(request.headers.get("Upload-Metadata", ""))
        try:
            upload = tus.start_upload(
                creator=creator,
                clip_code=named.get("clip", "") if is_code(named.get("clip", "")) else "",
                file_name=named.get("filename", ""),
                size_bytes=read_number(request, "Upload-Length"),
                now=timezone.now(),
            )
        except TooManyUploads as refusal:
            raise TooMany(str(refusal)) from refusal
        except UploadRefused as refusal:
            is_large = str(refusal) == too_large_sentence()
            raise TooLarge(str(refusal)) if is_large else Unprocessable({"file": [str(refusal)]}) from refusal
        except DiskFull as refusal:
            raise NoRoom(str(refusal)) from refusal
        place = request.build_absolute_uri(reverse("api-upload", args=[upload.code]))
        return Response(status=201, headers={"Location": place} | state_of(upload))


class UploadDetail(TusView):
    """Ask how far an upload is, go on with it, or give it up."""

    @extend_schema(responses={200: None})
    def head(self, request: Request, code: str) -> Response:
        upload = find_upload(request, code)
        _finish_if_complete(upload)
        return Response(
            headers=state_of(upload) | {"Upload-Metadata": write_metadata(upload), "Cache-Control": "no-store"}
        )

    @extend_schema(
        request={PIECE_TYPE: bytes},
        responses={204: None},
        parameters=[
            header("Upload-Offset", "Where the piece begins: as many bytes as have arrived."),
            header("Upload-Checksum", "`sha1` or `sha256` and the digest of the piece in base64."),
        ],
    )
    def patch(self, request: Request, code: str) -> Response:
        upload = find_upload(request, code)
        if request.content_type != PIECE_TYPE:
            raise WrongType
        stream = request._request
        try:
            tus.append(
                upload=upload,
                offset=read_number(request, "Upload-Offset"),
                read=lambda size: stream.read(size),
                checksum=read_checksum(request.headers.get("Upload-Checksum", "")),
            )
        except tus.WrongOffset as refusal:
            raise Conflict("The piece does not begin where the file ends.") from refusal
        except tus.UploadGone as refusal:
            raise NotFound from refusal
        except tus.UploadBusy as refusal:
            raise Locked from refusal
        except tus.TooMuch as refusal:
            raise TooLarge("More bytes than were announced.") from refusal
        except tus.ChecksumMismatch as refusal:
            raise Damaged from refusal
        except DiskFull as refusal:
            raise NoRoom(str(refusal)) from refusal
        _finish_if_complete(upload)
        return Response(status=204, headers=state_of(upload))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        try:
            tus.cancel_upload(upload=find_upload(request, code), now=timezone.now())
        except tus.UploadBusy as refusal:
            raise Locked from refusal
        return Response(status=204)


def _finish_if_complete(upload: Upload) -> None:
    if upload.source_id is not None or tus.received_bytes(upload) < upload.size_bytes:
        return
    try:
        ring_for(tus.finish_upload(upload=upload, now=timezone.now()))
    except UploadRefused as refusal:
        raise Unprocessable({"file": [str(refusal)]}) from refusal
    except tus.UploadGone as refusal:
        raise NotFound from refusal
    except tus.UploadBusy as refusal:
        raise Locked from refusal
    except DiskFull as refusal:
        raise NoRoom(str(refusal)) from refusal


def find_upload(request: Request, code: str) -> Upload:
    """Return the caller's own upload, or answer 404."""
    uploads = Upload.objects.select_related("creator", "source").filter(lost_bytes=None, expires_at__gt=timezone.now())
    return get_object_or_404(uploads, creator__user=request.user, code=code)


def state_of(upload: Upload) -> dict[str, str]:
    """Return the headers that say how far an upload is."""
    return {
        "Upload-Offset": str(tus.received_bytes(upload)),
        "Upload-Length": str(upload.size_bytes),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def read_number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ValidationError({name: ["A whole number is needed."]})
    return int(text)


def read_metadata(text: str) -> dict[str, str]:
    """Read `key base64,key base64`. Raises ValidationError."""
    try:
        pairs = (pair.strip().partition(" ") for pair in text.split(",") if pair.strip())
        return {key: base64.b64decode(value, validate=True).decode() for key, _, value in pairs}
    except ValueError as error:  # binascii.Error and UnicodeDecodeError are both
        raise ValidationError({"Upload-Metadata": ["Values are UTF-8 in base64."]}) from error


def write_metadata(upload: Upload) -> str:
    """Return what `read_metadata` read: HEAD has to repeat it."""
    named = {"filename": upload.user_file_name, "clip": upload.clip_code}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items() if value)


def read_checksum(text: str) -> tus.Checksum | None:
    """Read `algorithm base64`. Raises ValidationError."""
    if not text:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in tus.CHECKSUMS:
        raise ValidationError({"Upload-Checksum": [f"One of {', '.join(tus.CHECKSUMS)} is needed."]})
    try:
        return tus.Checksum(algorithm, base64.b64decode(digest, validate=True))
    except binascii.Error as error:
        raise ValidationError({"Upload-Checksum": ["The digest is not base64."]}) from error
