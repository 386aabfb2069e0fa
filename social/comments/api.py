"""JSON API for comments: lists, writing and changing one's own, likes, pins, and the post's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict, TooManyRequests, Unprocessable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.models import User
from social.comments.authorship import SavedComment, create_comment, delete_comment, edit_comment
from social.comments.likes import set_comment_like, set_pin
from social.comments.limits import refuse_to_comment
from social.comments.lists import PAGE_SIZE, SORTS, find_thread, read_page, read_replies
from social.comments.lookup import find_comment, find_own_comment, find_post, find_post_to_comment
from social.comments.refusals import CommentConflict, CommentRefused, TooManyComments
from social.comments.serializers import (
    CommentListSerializer,
    CommentSettingsSerializer,
    CommentWordsSerializer,
    NewCommentSerializer,
    ReplyListSerializer,
    SavedCommentSerializer,
)
from social.comments.views import check_may_set, explain_saved
from social.cursors import InvalidCursor
from social.models import Comment
from videos.models import Clip

MAX_LIMIT = 50
PAGING = [
    OpenApiParameter("cursor", str, description="From the page before."),
    OpenApiParameter("limit", int, description=f"At most {MAX_LIMIT}; {PAGE_SIZE} if it is left out."),
]


class CommentView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    error_statuses = (409, 422)

    def get_throttles(self) -> list[Any]:
        return [] if self.request.method == "GET" else super().get_throttles()


class ClipComments(CommentView):
    """The comments on a post, newest first and the pinned one before them. POST adds a comment, or a reply."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        responses=CommentListSerializer,
        parameters=[OpenApiParameter("sort", str, enum=list(SORTS), description="`newest` if left out."), *PAGING],
    )
    def get(self, request: Request, code: str) -> Response:
        clip, sort = find_post(code, request.user), request.query_params.get("sort", "")
        after, limit = _read_paging(request)
        with answering_refusals():
            page = read_page(
                clip, sort=sort if sort in SORTS else "newest", user=request.user, after=after, limit=limit
            )
        closed = refuse_to_comment(clip, request.user) if isinstance(request.user, User) else ""
        body = {"count": clip.comment_count, "closed": closed, "comments": page.comments, "cursor": page.cursor}
        context = {"user": request.user, "first_replies": page.first_replies}
        return Response(CommentListSerializer(body, context=context).data)

    @extend_schema(
        request=NewCommentSerializer, responses={201: SavedCommentSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        user = signed_in_user(request)
        with answering_refusals():
            clip = find_post_to_comment(code, user)
            serializer = NewCommentSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            words, parent_id = serializer.validated_data["words"], serializer.validated_data["reply_to"]
            saved = create_comment(user=user, clip=clip, words=words, parent_id=parent_id, now=timezone.now())
        return Response(_describe(saved, user), status=status.HTTP_201_CREATED)


class CommentSettings(CommentView):
    """Who may comment on a post, and how often. PATCH sets it: for the post's author, and for moderators."""

    @extend_schema(request=CommentSettingsSerializer, responses=CommentSettingsSerializer)
    def patch(self, request: Request, code: str) -> Response:
        clip = find_post(code, request.user)
        check_may_set(clip, signed_in_user(request))
        serializer = CommentSettingsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if serializer.validated_data:
            Clip.objects.filter(pk=clip.pk).update(**serializer.validated_data)
        clip.refresh_from_db(fields=["comment_audience", "comment_pause_s"])
        return Response(CommentSettingsSerializer(clip).data)


class CommentDetail(CommentView):
    """One's own comment. PATCH changes it, for five minutes, and DELETE deletes it."""

    @extend_schema(request=CommentWordsSerializer, responses=SavedCommentSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        user = signed_in_user(request)
        comment = find_own_comment(pk, user)
        serializer = CommentWordsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        words = serializer.validated_data["words"]
        with answering_refusals():
            saved = edit_comment(user=user, comment=comment, words=words, now=timezone.now())
        return Response(_describe(saved, user))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        user = signed_in_user(request)
        delete_comment(user=user, comment=find_own_comment(pk, user), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Replies(CommentView):
    """The replies to a comment, oldest first."""

    permission_classes = [AllowAny]

    @extend_schema(responses=ReplyListSerializer, parameters=PAGING)
    def get(self, request: Request, pk: int) -> Response:
        row = Comment.objects.filter(pk=pk).values_list("clip__code", flat=True).first()
        clip = find_post(row or "", request.user)
        thread = find_thread(clip, pk, request.user)
        if thread is None:
            raise NotFound
        after, limit = _read_paging(request)
        with answering_refusals():
            page = read_replies(thread, user=request.user, after=after, limit=limit)
        body = {"replies": page.comments, "cursor": page.cursor}
        return Response(ReplyListSerializer(body, context={"user": request.user}).data)


class LikeComment(CommentView):
    """The signed-in user's like of a comment. POST likes, and DELETE takes it back."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=False)

    def _set(self, request: Request, pk: int, *, is_on: bool) -> Response:
        user = signed_in_user(request)
        with answering_refusals():
            set_comment_like(user=user, comment=find_comment(pk, user), is_on=is_on, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PinComment(CommentView):
    """The comment that the author of a post shows first. POST pins one instead of the one before, DELETE unpins it."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=False)

    def _set(self, request: Request, pk: int, *, is_on: bool) -> Response:
        user = signed_in_user(request)
        with answering_refusals():
            set_pin(user=user, comment=find_comment(pk, user), is_on=is_on)
        return Response(status=status.HTTP_204_NO_CONTENT)


@contextmanager
def answering_refusals() -> Iterator[None]:
    """Turn refusals of comments into errors of the API."""
    try:
        yield
    except InvalidCursor as error:
        raise NotFound from error
    except TooManyComments as refusal:
        raise TooManyRequests(str(refusal)) from refusal
    except CommentConflict as refusal:
        raise Conflict(str(refusal)) from refusal
    except CommentRefused as refusal:
        raise Unprocessable(str(refusal)) from refusal


def _read_paging(request: Request) -> tuple[str, int]:
    limit = request.query_params.get("limit", "")
    size = min(max(int(limit), 1), MAX_LIMIT) if limit.isascii() and limit.isdigit() else PAGE_SIZE
    return request.query_params.get("cursor", ""), size


def _describe(saved: SavedComment, user: User) -> dict[str, Any]:
    body = {"comment": saved.comment, "notices": explain_saved(saved)}
    return dict(SavedCommentSerializer(body, context={"user": user}).data)
