"""JSON API for sources of products, for staff who may import: their address, its schedule, and what came of fetches."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict
from accounts.pagination import NewestFirst
from catalog.import_api import MayImport
from catalog.imports.schedule.settings import ScheduleSettings, plan_schedule, request_fetch
from catalog.models import CatalogueSource, SourceFetch
from catalog.tasks import enqueue_fetches


class MayChangeSources(MayImport):
    """Allows staff who may import to read, and those of them who may change sources to write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        may_write = request.method != "PATCH" or request.user.has_perm("catalog.change_cataloguesource")
        return super().has_permission(request, view) and may_write


class SourceSerializer(serializers.ModelSerializer[CatalogueSource]):
    """A source. A password is taken and never given."""

    password = serializers.CharField(
        write_only=True, required=False, max_length=200, help_text="If it is missing, the stored one stays."
    )

    class Meta:
        model = CatalogueSource
        fields = [
            "id",
            "name",
            "address",
            "user_name",
            "password",
            "interval",
            "daily_hour",
            "next_fetch_at",
            "failures",
        ]
        read_only_fields = ["name", "next_fetch_at", "failures"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the columns that begin the schedule anew."""
        source = self.instance
        assert isinstance(source, CatalogueSource)
        names = ("address", "user_name", "interval", "daily_hour")
        typed = {name: attrs.get(name, getattr(source, name)) for name in names}
        try:
            settings = ScheduleSettings(password=attrs.get("password", ""), **typed)
            return plan_schedule(source, settings, now=timezone.now())
        except ValidationError as error:
            sentences = error.message_dict if hasattr(error, "error_dict") else {"address": error.messages}
            raise serializers.ValidationError(sentences) from error


class FetchSerializer(serializers.ModelSerializer[SourceFetch]):
    sentence = serializers.CharField(help_text="Why it failed, or an empty text.")

    class Meta:
        model = SourceFetch
        fields = ["fetched_at", "outcome", "sentence", "size_bytes", "run"]


class SourceList(generics.ListAPIView[CatalogueSource]):
    """Sources, newest first."""

    permission_classes = [IsAuthenticated, MayImport]
    serializer_class = SourceSerializer
    pagination_class = NewestFirst
    queryset = CatalogueSource.objects.all()


class SourceDetail(generics.RetrieveAPIView[CatalogueSource]):
    """One source. PATCH sets its address and when it is fetched."""

    permission_classes = [IsAuthenticated, MayChangeSources]
    serializer_class = SourceSerializer
    queryset = CatalogueSource.objects.all()
    throttle_scope = "write"

    @extend_schema(operation_id="sources_change")
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        source = get_object_or_404(CatalogueSource.objects.select_for_update(no_key=True), pk=pk)
        body = SourceSerializer(source, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        body.save()
        enqueue_fetches()
        return Response(SourceSerializer(source).data)


class FetchPagination(NewestFirst):
    ordering = ("-fetched_at", "-pk")


class SourceFetches(generics.ListAPIView[SourceFetch]):
    """What came of fetching a source, newest first. POST has it fetched as soon as a worker is free."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated, MayImport]
    serializer_class = FetchSerializer
    pagination_class = FetchPagination
    queryset = SourceFetch.objects.none()
    throttle_scope = "write"

    def get_queryset(self) -> QuerySet[SourceFetch]:
        source = get_object_or_404(CatalogueSource, pk=self.kwargs["pk"])
        return source.fetches.select_related("run")

    @extend_schema(operation_id="sources_fetch", request=None, responses={202: SourceSerializer})
    def post(self, request: Request, pk: int) -> Response:
        source = get_object_or_404(CatalogueSource, pk=pk)
        try:
            with transaction.atomic():
                request_fetch(source=source, now=timezone.now())
                enqueue_fetches()
        except ValidationError as refusal:
            raise Conflict(refusal.messages[0]) from refusal
        source.refresh_from_db()
        return Response(SourceSerializer(source).data, status=status.HTTP_202_ACCEPTED)
