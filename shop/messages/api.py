"""API of messages, for shoppers under /messages/ and for merchants under /merchants/{slug}/messages/."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import Throttled
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from catalog.merchants.access import require_member
from shop.api import validate
from shop.messages.conversation import MESSAGES_SHOWN, find_message, find_thread, list_threads
from shop.messages.mail import ANSWERING
from shop.messages.participants import Participant
from shop.messages.serializers import (
    MessageReportSerializer,
    NewThreadSerializer,
    ThreadDetailSerializer,
    ThreadSerializer,
    WordsSerializer,
)
from shop.messages.threads import (
    MessageRefused,
    TooManyMessages,
    close_thread,
    mark_read,
    open_thread,
    reply,
    report_message,
    set_block,
)
from shop.messages.topics import find_topic
from shop.models import MessageThread


class NewestThreadsFirst(NewestFirst):
    ordering = ("-last_message_at", "-pk")


def participant_of(request: Request, kwargs: dict[str, Any]) -> Participant:
    """Return who acts: a member of the merchant that the address names, or the shopper. Raises Http404."""
    if "merchant" in kwargs:
        member = require_member(request, kwargs["merchant"], *ANSWERING)
        return Participant(member.user, member.merchant)
    return Participant(signed_in_user(request))


def refuse(refusal: MessageRefused) -> Exception:
    """Return the error of the API: 429 for too many messages, 409 otherwise."""
    return Throttled(detail=str(refusal)) if isinstance(refusal, TooManyMessages) else Conflict(str(refusal))


def describe(participant: Participant, pk: int) -> dict[str, Any]:
    thread = list_threads(participant).get(pk=pk)
    return dict(ThreadDetailSerializer(thread, context={"limit": MESSAGES_SHOWN}).data)


class ThreadList(generics.ListAPIView[MessageThread]):
    """Threads, those with the newest message first."""

    permission_classes = [IsAuthenticated]
    serializer_class = ThreadSerializer
    pagination_class = NewestThreadsFirst
    queryset = MessageThread.objects.none()

    def get_queryset(self) -> QuerySet[MessageThread]:
        threads: QuerySet[MessageThread] = list_threads(participant_of(self.request, self.kwargs))
        return threads


class ShopperThreads(ThreadList):
    throttle_scope = "write"
    error_statuses = (409,)

    def get_throttles(self) -> list[Any]:
        return super().get_throttles() if self.request.method == "POST" else []

    @extend_schema(
        operation_id="messages_open",
        request=NewThreadSerializer,
        responses={201: ThreadDetailSerializer},
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Write to a seller, in the open thread about the same thing if there is one."""
        user, data = signed_in_user(request), validate(NewThreadSerializer(data=request.data))
        topic = find_topic(user=user, seller=data["seller"], product=data["product"], order=data["order"])
        try:
            thread = open_thread(user=user, topic=topic, words=data["words"], now=timezone.now())
        except MessageRefused as refusal:
            raise refuse(refusal) from refusal
        return Response(describe(Participant(user), thread.pk), status=status.HTTP_201_CREATED)


class ThreadView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    error_statuses = (409,)


class ThreadDetail(ThreadView):
    """One thread. GET reads the other side's messages; POST answers."""

    @extend_schema(responses=ThreadDetailSerializer)
    def get(self, request: Request, pk: int, **kwargs: Any) -> Response:
        reader = participant_of(request, kwargs)
        body = describe(reader, find_thread(reader, pk).pk)
        mark_read(thread=find_thread(reader, pk), reader=reader, now=timezone.now())
        return Response(body)

    @extend_schema(
        request=WordsSerializer, responses={201: ThreadDetailSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, /, pk: int, **kwargs: Any) -> Response:
        writer = participant_of(request, kwargs)
        thread, data = find_thread(writer, pk), validate(WordsSerializer(data=request.data))
        try:
            reply(thread_id=thread.pk, writer=writer, words=data["words"], now=timezone.now())
        except MessageRefused as refusal:
            raise refuse(refusal) from refusal
        return Response(describe(writer, pk), status=status.HTTP_201_CREATED)


class ThreadClosing(ThreadView):
    """The end of a thread, in which nobody writes any more."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int, **kwargs: Any) -> Response:
        close_thread(thread_id=find_thread(participant_of(request, kwargs), pk).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ShopperBlock(ThreadView):
    """Whether the merchant takes no messages from the shopper of a thread. POST blocks, DELETE ends it."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int, **kwargs: Any) -> Response:
        return self._set(request, pk, kwargs, is_blocked=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, **kwargs: Any) -> Response:
        return self._set(request, pk, kwargs, is_blocked=False)

    def _set(self, request: Request, pk: int, kwargs: dict[str, Any], *, is_blocked: bool) -> Response:
        participant = participant_of(request, kwargs)
        thread = find_thread(participant, pk)
        set_block(merchant=thread.merchant, user=thread.user, is_blocked=is_blocked, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MessageReport(ThreadView):
    """Report of a message of the other side, by its id. Moderators can read its thread from then on."""

    @extend_schema(request=MessageReportSerializer, responses={204: None})
    def post(self, request: Request, pk: int, **kwargs: Any) -> Response:
        reporter = participant_of(request, kwargs)
        message, data = find_message(reporter, pk), validate(MessageReportSerializer(data=request.data))
        try:
            report_message(message=message, reporter=reporter, words=data["words"], now=timezone.now())
        except MessageRefused as refusal:
            raise refuse(refusal) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)
