"""The endpoint that takes pictures for posts."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.picture_rules import PictureRefused
from creators.api import require_creator
from videos.api.photo_serializers import PhotoSerializer
from videos.intake.handlers import uploaded_file
from videos.intake.photos import add_photo
from videos.models import Clip, Medium, Photo
from videos.models.clip import NotEditable, is_code
from videos.studio.drafts import begin_draft


class ClipPhotos(GenericAPIView[Photo]):
    """The photos of a post. POST appends one, and creates the draft if the code is unused.

    A picture that the post has already is returned as it is, so the request can safely be repeated.
    """

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    serializer_class = PhotoSerializer
    throttle_scope = "write"

    class PhotoUpload(serializers.Serializer[Any]):
        file = serializers.FileField(help_text="JPEG, PNG, WebP, GIF, HEIC or AVIF, at most 25 MB and 60 megapixels.")

    @extend_schema(request={"multipart/form-data": PhotoUpload}, responses={201: PhotoSerializer})
    def post(self, request: Request, code: str) -> Response:
        creator = require_creator(request)
        owner = Clip.objects.filter(code=code).values_list("creator_id", flat=True).first()
        if owner != creator.pk and (owner is not None or not is_code(code)):
            raise NotFound
        file = uploaded_file(request, "file")
        if file is None:
            raise ValidationError({"file": [_("Choose a picture.")]})
        clip = begin_draft(creator=creator, code=code, medium=Medium.PHOTOS)
        try:
            photo = add_photo(clip=clip, file=file, now=timezone.now())
        except PictureRefused as refusal:
            raise ValidationError({"file": [str(refusal)]}) from refusal
        except NotEditable as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(PhotoSerializer(photo).data, status=201)
