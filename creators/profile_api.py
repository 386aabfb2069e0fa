"""JSON API of the caller's own profile: making it, changing it, and its picture."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.picture_rules import PictureRefused
from creators.access import find_creator
from creators.avatars import remove_avatar, set_avatar
from creators.models import Creator
from creators.names import clean_handle, clean_name
from creators.profiles import HandleTaken, ProfileRefused, change_profile, make_profile
from creators.serializers import CreatorSerializer


class OwnProfileSerializer(CreatorSerializer):
    class Meta(CreatorSerializer.Meta):
        fields = (*CreatorSerializer.Meta.fields, "shows_likes")


class SentProfileSerializer(serializers.ModelSerializer[Creator]):
    """What a person writes about themselves."""

    class Meta:
        model = Creator
        fields = ("handle", "display_name", "bio", "shows_likes")

    def validate_handle(self, handle: str) -> str:
        return _checked(clean_handle, handle)

    def validate_display_name(self, name: str) -> str:
        return _checked(clean_name, name)


class NewProfileSerializer(SentProfileSerializer):
    is_16_or_over = serializers.BooleanField(help_text="What the person states. Without it there is no public profile.")

    class Meta(SentProfileSerializer.Meta):
        fields = ("handle", "display_name", "bio", "is_16_or_over")


class OwnProfile(APIView):
    """The caller's profile. POST makes it, which takes a confirmed address and an age of 16 or over. PATCH changes it."""

    error_statuses = (409, 422)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=OwnProfileSerializer)
    def get(self, request: Request) -> Response:
        return _respond(_own(request))

    @extend_schema(
        request=NewProfileSerializer, responses={201: OwnProfileSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user = signed_in_user(request)
        if find_creator(user):
            raise Conflict(_("You have a profile already."))
        sent = NewProfileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        try:
            profile = make_profile(user=user, is_old_enough=values.pop("is_16_or_over"), **values)
        except HandleTaken as refusal:
            raise ValidationError({"handle": [str(refusal)]}) from refusal
        except ProfileRefused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return _respond(profile, status.HTTP_201_CREATED)

    @extend_schema(request=SentProfileSerializer, responses=OwnProfileSerializer)
    def patch(self, request: Request) -> Response:
        profile = _own(request)
        sent = SentProfileSerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        try:
            change_profile(creator=profile, changes=sent.validated_data, now=timezone.now())
        except HandleTaken as refusal:
            raise ValidationError({"handle": [str(refusal)]}) from refusal
        return _respond(profile)


class ProfilePicture(APIView):
    """The picture of the caller's profile. PUT replaces it, DELETE removes it."""

    error_statuses = (422,)
    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    throttle_scope = "write"

    class SentPicture(serializers.Serializer[Any]):
        picture = serializers.FileField()

    @extend_schema(request={"multipart/form-data": SentPicture}, responses=OwnProfileSerializer)
    def put(self, request: Request) -> Response:
        profile = _own(request)
        sent = self.SentPicture(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            set_avatar(creator=profile, file=sent.validated_data["picture"])
        except PictureRefused as refusal:
            raise Unprocessable({"picture": [str(refusal)]}) from refusal
        return _respond(profile)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        with transaction.atomic():
            remove_avatar(creator=_own(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own(request: Request) -> Creator:
    return get_object_or_404(Creator, user=signed_in_user(request))


def _respond(profile: Creator, code: int = status.HTTP_200_OK) -> Response:
    return Response(OwnProfileSerializer(profile).data, status=code)


def _checked(clean: Any, text: str) -> str:
    try:
        return str(clean(text))
    except Invalid as refusal:
        raise serializers.ValidationError(refusal.messages) from refusal
