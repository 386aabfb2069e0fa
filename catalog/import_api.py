"""JSON API for imports, for staff who may import."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.keys import parse_key
from accounts.pagination import NewestFirst
from catalog.import_actions import ACTIONS, change_import
from catalog.imports.runs import ImportRefused, receive_import
from catalog.models import HOUSE_ID, CatalogueSource, Import, ImportRow, RowOutcome
from catalog.tasks import enqueue_import


class MayImport(BasePermission):
    """Allows staff who may import catalogues."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_staff and request.user.has_perm("catalog.add_import"))


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import. Before it runs, the counts say what would become of the rows."""

    source = serializers.CharField(source="source.name")  # type: ignore[assignment]  # a field, not its option
    sentences = serializers.ListField(child=serializers.CharField(), help_text="About the file as a whole.")
    skipped = serializers.IntegerField(help_text="Rows that are no variants of their own.")
    asks_missing = serializers.BooleanField(help_text="Whether a start has to say what becomes of what is missing.")

    class Meta:
        model = Import
        fields = [
            *("id", "source", "file_name", "state", "created_at", "ended_at", "format_name", "sentences", "rows"),
            *("created", "changed", "unchanged", "refused", "skipped", "missing", "asks_missing", "asks_in_stock"),
        ]


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    number = serializers.CharField(help_text="Such as 7, or 7.2 for the second variant of a product in JSON.")
    sentences = serializers.ListField(child=serializers.CharField(), help_text="The reason and notes.")

    class Meta:
        model = ImportRow
        fields = ["number", "line", "outcome", "title", "sentences"]


class ImportRequestSerializer(serializers.Serializer[Any]):
    source = serializers.SlugRelatedField(  # type: ignore[assignment]  # a field, not its option
        slug_field="name",
        queryset=CatalogueSource.objects.filter(merchant=HOUSE_ID),
        help_text="The name of a source of the house.",
    )
    file = serializers.FileField(help_text="CSV, TSV, XML or JSON, perhaps gzipped.")


class ImportActionSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=ACTIONS)
    missing = serializers.ChoiceField(
        choices=["off_sale", "keep"], required=False, help_text="What becomes of variants that the file lacks."
    )


class ImportList(generics.ListAPIView[Import]):
    """Imports, newest first. POST takes a file, which is then checked; nothing changes before a start."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated, MayImport]
    parser_classes = [MultiPartParser]
    serializer_class = ImportSerializer
    pagination_class = NewestFirst
    queryset = Import.objects.select_related("source")
    throttle_scope = "write"

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer},
        responses={201: ImportSerializer},
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = ImportRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file, source = body.validated_data["file"], body.validated_data["source"]
        user, now = signed_in_user(request), timezone.now()
        with transaction.atomic():
            run = receive_import(source=source, file=file, file_name=file.name, created_by=user, now=now)
            enqueue_import(run.pk)
        return Response(ImportSerializer(run).data, status=status.HTTP_201_CREATED)


class ImportDetail(generics.GenericAPIView[Import]):
    """One import. POST starts, pauses, resumes or discards it."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated, MayImport]
    serializer_class = ImportSerializer
    queryset = Import.objects.select_related("source")
    throttle_scope = "write"

    def get(self, request: Request, pk: int) -> Response:
        return Response(ImportSerializer(self.get_object()).data)

    @extend_schema(operation_id="imports_act", request=ImportActionSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body = ImportActionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer = {"off_sale": True, "keep": False}.get(body.validated_data.get("missing", ""))
        run = self.get_object()
        try:
            change_import(run, body.validated_data["action"], takes_off_missing=answer)
        except ImportRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(ImportSerializer(self.get_object()).data)


class ImportRowPagination(CursorPagination):
    """In the order of the file, 100 per page. A cursor that names no row is none of ours."""

    ordering = ("row", "part")
    page_size = 100

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not parse_key(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor


@extend_schema(parameters=[OpenApiParameter("outcome", str, enum=RowOutcome.values)])
class ImportRows(generics.ListAPIView[ImportRow]):
    """What became of the rows of an import, in the order of the file."""

    permission_classes = [IsAuthenticated, MayImport]
    serializer_class = ImportRowSerializer
    pagination_class = ImportRowPagination
    queryset = ImportRow.objects.all()

    def get_queryset(self) -> QuerySet[ImportRow]:
        run = get_object_or_404(Import, pk=self.kwargs["pk"])
        rows = run.import_rows.all()
        outcome = self.request.query_params.get("outcome", "")
        return rows.filter(outcome=outcome) if outcome in RowOutcome.values else rows
