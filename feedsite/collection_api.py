"""API of collections: the user's own, the clips in them, and those that others share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from feed.events.identity import identify_sender
from feed.lists import page_of_clips
from feedsite.collection_pages import collect, collections_of, shared_collection_or_404
from feedsite.viewer_list_api import ClipListSerializer
from social.clip_collections import (
    NameTaken,
    TooMany,
    clip_ids_of,
    create_collection,
    delete_collection,
    remove_clip,
    rename_collection,
    share_collection,
    unavailable_clips,
)
from social.models import Collection
from videos.models import Clip

AFTER = OpenApiParameter("after", str, description="From the previous page.")


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    clip_count = serializers.IntegerField(help_text="Including clips that are not public now.")
    has_clip = serializers.BooleanField(help_text="Whether the clip of the query is in it.")
    shared_url = serializers.CharField(help_text="The page for everyone with the link; empty if it is private.")

    class Meta:
        model = Collection
        fields = ("code", "name", "clip_count", "has_clip", "shared_url", "created_at")


class CollectionChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, required=False)
    is_shared = serializers.BooleanField(required=False)


class NewCollectionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)


class SharedCollectionSerializer(ClipListSerializer):
    name = serializers.CharField()


class OwnCollectionSerializer(SharedCollectionSerializer):
    unavailable = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the clips that can't be watched now, of all pages."
    )


class OwnCollections(APIView):
    """The user's collections. GET lists them by name, POST creates a private one."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(
        parameters=[OpenApiParameter("clip", str, description="Code of a clip, for `has_clip`.")],
        responses=CollectionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        user, code = signed_in_user(request), request.query_params.get("clip", "")
        having = set(Collection.objects.owned_by(user).filter(clips__clip__code=code).values_list("pk", flat=True))
        return Response([_represent(collection, having) for collection in collections_of(user)])

    @extend_schema(
        request=NewCollectionSerializer, responses={201: CollectionSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        serializer = NewCollectionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = signed_in_user(request)
        try:
            collection = create_collection(user=user, name=serializer.validated_data["name"], now=timezone.now())
        except TooMany as refusal:
            raise Conflict(str(refusal)) from refusal
        except (ValidationError, NameTaken) as refusal:
            raise _at_name(refusal) from refusal
        return Response(
            _represent(get_object_or_404(collections_of(user), pk=collection.pk)), status=status.HTTP_201_CREATED
        )


class OwnCollection(APIView):
    """One of the user's collections. GET lists its public clips, PATCH renames, shares or closes it, DELETE deletes it."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(parameters=[AFTER], responses=OwnCollectionSerializer)
    def get(self, request: Request, code: str) -> Response:
        collection = _own(request, code)
        rows = unavailable_clips(collection)
        listed = _list_clips(request, collection) | {"unavailable": [row.clip.code for row in rows]}
        return Response(OwnCollectionSerializer(listed).data)

    @extend_schema(request=CollectionChangeSerializer, responses=CollectionSerializer)
    def patch(self, request: Request, code: str) -> Response:
        collection = _own(request, code)
        serializer = CollectionChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        try:
            if "name" in changes:
                rename_collection(collection=collection, name=changes["name"])
        except (ValidationError, NameTaken) as refusal:
            raise _at_name(refusal) from refusal
        if "is_shared" in changes:
            share_collection(collection=collection, is_shared=changes["is_shared"])
        return Response(_represent(get_object_or_404(collections_of(signed_in_user(request)), pk=collection.pk)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        delete_collection(_own(request, code))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CollectionClip(APIView):
    """A clip of a collection. PUT adds it, which saves it. DELETE removes it from the collection; it stays saved."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "events"

    @extend_schema(request=None, responses={204: None})
    def put(self, request: Request, code: str, clip_code: str) -> Response:
        now = timezone.now()
        identity, collection = identify_sender(request, now=now), _own(request, code)
        clip = get_object_or_404(Clip.objects.shown_to(request.user), code=clip_code)
        try:
            collect(request=request._request, identity=identity, collection=collection, clip=clip, now=now)
        except TooMany as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str, clip_code: str) -> Response:
        identify_sender(request, now=timezone.now())
        remove_clip(collection=_own(request, code), clip=get_object_or_404(Clip, code=clip_code))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SharedCollection(APIView):
    """A collection that somebody shares: its name and its public clips, latest first."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=[AFTER], responses=SharedCollectionSerializer)
    def get(self, request: Request, share_code: str) -> Response:
        listed = _list_clips(request, shared_collection_or_404(share_code))
        return Response(SharedCollectionSerializer(listed).data)


def _own(request: Request, code: str) -> Collection:
    return get_object_or_404(Collection.objects.owned_by(signed_in_user(request)).select_related("user"), code=code)


def _list_clips(request: Request, collection: Collection) -> dict[str, Any]:
    after = request.query_params.get("after", "")
    page = page_of_clips(clip_ids_of(collection), reader=request.user, after=after)
    return {"name": collection.name, "results": page.clips, "after": page.after}


def _represent(collection: Collection, having: set[int] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    collection.has_clip = collection.pk in having  # type: ignore[attr-defined]
    return dict(CollectionSerializer(collection).data)


def _at_name(refusal: ValidationError | NameTaken) -> serializers.ValidationError:
    sentences = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
    return serializers.ValidationError({"name": sentences})
