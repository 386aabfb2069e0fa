"""JSON API of removals: what staff removed of the caller's, and the appeal."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from social.models import Removal
from social.removals.appeals import AppealRefused, appeal_removal
from social.removals.forms import RemovalAppealForm


class RemovalSerializer(serializers.ModelSerializer[Removal]):
    about = serializers.CharField(source="subject_text", help_text="What was removed. Empty once that is gone.")
    reason_text = serializers.CharField(source="get_reason_display")
    rule = serializers.CharField()
    appeal_until = serializers.DateTimeField()

    class Meta:
        model = Removal
        fields = (
            *("id", "kind", "about", "reason", "reason_text", "rule", "words", "removed_at", "state"),
            *("appeal_until", "appeal_words", "appealed_at", "answer", "decided_at"),
        )


class RemovalAppealSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=Removal.MAX_WORDS, help_text="Why the decision is wrong.")

    def validate_words(self, words: str) -> str:
        form = RemovalAppealForm({"words": words})
        if not form.is_valid():
            raise serializers.ValidationError([str(error) for error in form.errors["words"]])
        return str(form.cleaned_data["words"])


class NewestRemovalsFirst(NewestFirst):
    ordering = ("-removed_at", "-pk")


class OwnRemovals(ListAPIView[Removal]):
    """What staff removed of the caller's, newest first, and suspensions of the caller."""

    permission_classes = [IsAuthenticated]
    serializer_class = RemovalSerializer
    pagination_class = NewestRemovalsFirst

    def get_queryset(self) -> Any:
        return Removal.objects.owned_by(signed_in_user(self.request)).with_subject()


class OwnRemoval(APIView):
    """One removal, with its reason, the rule, and the appeal if there is one."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=RemovalSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(RemovalSerializer(_find(request, pk)).data)


class AppealRemoval(APIView):
    """POST appeals against a removal, once. Somebody who has not decided before looks at it."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(
        request=RemovalAppealSerializer, responses={201: RemovalSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        removal, sent = _find(request, pk), RemovalAppealSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            appeal_removal(removal=removal, words=sent.validated_data["words"], now=timezone.now())
        except AppealRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(RemovalSerializer(_find(request, pk)).data, status=201)


def _find(request: Request, pk: int) -> Removal:
    return get_object_or_404(Removal.objects.owned_by(signed_in_user(request)).with_subject(), pk=pk)
