"""JSON API for posts sent to friends."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import TooManyRequests, Unprocessable
from creators.models import Creator
from social.comments.serializers import CommentAuthorSerializer
from social.cursors import InvalidCursor, rows_after, write_cursor
from social.models import SentPost
from social.sharing.sent_posts import NotFriends, TooManySent, friends_of, received_by, remove_received, send_post
from videos.models import Clip

PAGE_SIZE = 24
ORDER = ("-pk",)
FRIENDS_LISTED = 200


class RecipientSerializer(serializers.Serializer[Any]):
    to = serializers.CharField(max_length=64, help_text="The handle of a friend.")


class ReceivedPostSerializer(serializers.ModelSerializer[SentPost]):
    sender = CommentAuthorSerializer(source="sender.creator")
    clip_code = serializers.CharField(source="clip.code")
    caption = serializers.CharField(source="clip.caption")
    url = serializers.CharField(source="clip.get_absolute_url")

    class Meta:
        model = SentPost
        fields = ["id", "sender", "clip_code", "caption", "url", "sent_at"]


class ReceivedListSerializer(serializers.Serializer[Any]):
    results = ReceivedPostSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class SendPost(APIView):
    """Sends a post to a friend: somebody who follows the user, and whom the user follows. Repeating it changes nothing."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    error_statuses = (422,)

    @extend_schema(request=RecipientSerializer, responses={204: None})
    def post(self, request: Request, code: str) -> Response:
        user = signed_in_user(request)
        clip = get_object_or_404(Clip.objects.shown_to(user), code=code)
        serializer = RecipientSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        friend = get_object_or_404(Creator.objects.with_handle(serializer.validated_data["to"]).visible_to(user.pk))
        try:
            send_post(user=user, clip=clip, recipient=friend, now=timezone.now())
        except NotFriends as refusal:
            raise Unprocessable(str(refusal)) from refusal
        except TooManySent as refusal:
            raise TooManyRequests(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


class Friends(APIView):
    """To whom the user can send posts: at most 200 people, by name."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=CommentAuthorSerializer(many=True))
    def get(self, request: Request) -> Response:
        friends = friends_of(signed_in_user(request))[:FRIENDS_LISTED]
        return Response(CommentAuthorSerializer(friends, many=True).data)


class ReceivedPosts(APIView):
    """The posts that friends have sent to the user, latest first."""

    read_error_statuses = (404,)
    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses=ReceivedListSerializer,
        parameters=[OpenApiParameter("cursor", str, description="From the page before.")],
    )
    def get(self, request: Request) -> Response:
        received = received_by(signed_in_user(request)).select_related("clip", "sender__creator")
        if cursor := request.query_params.get("cursor", ""):
            try:
                received = received.filter(rows_after(cursor, ORDER))
            except InvalidCursor as error:
                raise NotFound from error
        rows = list(received[: PAGE_SIZE + 1])
        following = write_cursor(rows[PAGE_SIZE - 1], ORDER) if len(rows) > PAGE_SIZE else ""
        return Response(ReceivedListSerializer({"results": rows[:PAGE_SIZE], "cursor": following}).data)


class ReceivedPost(APIView):
    """One post that a friend has sent. DELETE removes it; its sender does not learn of it."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        if not remove_received(user=signed_in_user(request), pk=pk, now=timezone.now()):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)
