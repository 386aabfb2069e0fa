"""JSON API for blocking and muting people."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from creators.models import Creator
from social.blocks import OwnAccount, list_blocked, list_muted, set_block, set_mute


class BlockedPersonSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField()
    name = serializers.CharField(source="display_name")


class BlockListSerializer(serializers.Serializer[Any]):
    blocked = BlockedPersonSerializer(many=True)
    muted = BlockedPersonSerializer(many=True)


class RelationView(APIView):
    """Base class: POST sets something between the caller and another person, DELETE undoes it."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    def set(self, request: Request, person: Creator, *, is_on: bool) -> None:
        raise NotImplementedError

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, handle: str) -> Response:
        return self._answer(request, get_object_or_404(Creator.objects.with_handle(handle)), is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, handle: str) -> Response:
        return self._answer(request, get_object_or_404(Creator, handle=handle.lower()), is_on=False)

    def _answer(self, request: Request, person: Creator, *, is_on: bool) -> Response:
        try:
            self.set(request, person, is_on=is_on)
        except OwnAccount as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


class BlockPerson(RelationView):
    """Blocking a person. POST ends follows both ways, and neither sees the other from then on. DELETE unblocks them."""

    def set(self, request: Request, person: Creator, *, is_on: bool) -> None:
        set_block(user=signed_in_user(request), other=person.user, is_on=is_on, now=timezone.now())


class MutePerson(RelationView):
    """Muting a person. POST hides what they post and write from the caller, which they can't notice. DELETE unmutes them."""

    def set(self, request: Request, person: Creator, *, is_on: bool) -> None:
        set_mute(user=signed_in_user(request), other=person.user, is_on=is_on, now=timezone.now())


class BlockedPeople(APIView):
    """The people whom the caller has blocked and muted, latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=BlockListSerializer)
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        lists = {"blocked": list_blocked(user), "muted": list_muted(user)}
        return Response(BlockListSerializer(lists).data)
