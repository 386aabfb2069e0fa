"""API of what a viewer has saved, liked, watched and followed, and of what they see less of."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feed.events.identity import identify_sender
from feed.events.recording import MAX_MARKS
from feed.lists import (
    ListKind,
    list_clips,
    list_hidden_creators,
    list_lessened,
    page_of_clips,
)
from feed.preferences import restore_reason
from feedsite.viewer_lists import viewer_of
from social.follow_lists import list_followed
from social.following import read_following
from videos.api.serializers import ClipSerializer

KINDS = (*ListKind, "following", "hidden")


class ClipListSerializer(serializers.Serializer[Any]):
    results = ClipSerializer(many=True)
    after = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class ListedCreatorSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField()
    name = serializers.CharField(source="display_name")
    url = serializers.CharField(source="get_absolute_url")


class LessenedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class LessListSerializer(serializers.Serializer[Any]):
    reasons = LessenedSerializer(many=True)
    creators = ListedCreatorSerializer(many=True)


class ViewerClips(APIView):
    """The viewer's clips of one kind, newest first: saved, liked, watched, following (by followed creators), hidden."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, "path", enum=list(map(str, KINDS))),
            OpenApiParameter("after", str, description="From the previous page."),
        ],
        responses=ClipListSerializer,
    )
    def get(self, request: Request, kind: str) -> Response:
        if kind not in KINDS:
            raise Http404
        _identity, viewer = viewer_of(request._request, timezone.now())
        options: dict[str, Any] = {"reader": request.user, "after": request.query_params.get("after", "")}
        if kind == "following":
            page = read_following(viewer, **options)
        elif kind == "hidden":
            page = page_of_clips([*reversed(viewer.hidden)], **options)
        else:
            page = list_clips(viewer, ListKind(kind), **options)
        return Response(ClipListSerializer({"results": page.clips, "after": page.after}).data)


class ViewerCreators(APIView):
    """The profiles whom the viewer follows, latest first, at most 1,000. Those of a profile are listed in pages."""

    permission_classes = [AllowAny]

    @extend_schema(responses=ListedCreatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        _identity, viewer = viewer_of(request._request, timezone.now())
        return Response(
            ListedCreatorSerializer(list_followed(viewer, user=request.user, count=MAX_MARKS), many=True).data
        )


class ViewerLess(APIView):
    """What the viewer sees less of: reasons and hidden creators. DELETE gives a reason its full weight again."""

    error_statuses = (409,)
    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(responses=LessListSerializer)
    def get(self, request: Request) -> Response:
        _identity, viewer = viewer_of(request._request, timezone.now())
        lists = {"reasons": list_lessened(viewer), "creators": list_hidden_creators(viewer)}
        return Response(LessListSerializer(lists).data)

    @extend_schema(parameters=[OpenApiParameter("reason", str, required=True)], responses={204: None})
    def delete(self, request: Request) -> Response:
        identity = identify_sender(request, now=timezone.now())
        identity.require_consent()
        restore_reason(key=identity.key, code=request.query_params.get("reason", ""))
        return Response(status=status.HTTP_204_NO_CONTENT)
