"""A creator's earnings over HTTP."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.prices import PriceSerializer
from creators.access import find_creator
from payouts.models import StatementLine
from payouts.statements import Month, balances_of, lines_of
from payouts.tables import agency_name
from payouts.wording import describe


class BalanceSerializer(serializers.Serializer[Any]):
    """Amounts in minor units; held and pending are net of an agency's share."""

    currency = serializers.CharField()
    owed_minor = serializers.IntegerField(help_text="Booked and not paid out; below zero it carries forward.")
    paid_minor = serializers.IntegerField(help_text="Sent to the bank.")
    held_minor = serializers.IntegerField(help_text="Fees of clips that wait for a decision.")
    pending_minor = serializers.IntegerField(help_text="Commissions whose return window runs.")


class StatementLineSerializer(serializers.ModelSerializer[StatementLine]):
    """One line, explained."""

    clip = serializers.CharField(source="clip_code")
    what = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()
    terms_version = serializers.SerializerMethodField()
    agency_name = serializers.SerializerMethodField()
    gross = PriceSerializer()
    agency = PriceSerializer()
    net = PriceSerializer()

    class Meta:
        model = StatementLine
        fields = [
            "id",
            "kind",
            "occurred_at",
            "clip",
            "what",
            "rule",
            "terms_version",
            "gross",
            "agency",
            "agency_name",
            "net",
        ]

    def get_what(self, line: StatementLine) -> str:
        return describe(line).what

    def get_rule(self, line: StatementLine) -> str:
        return describe(line).rule

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_terms_version(self, line: StatementLine) -> int | None:
        return describe(line).terms_version

    def get_agency_name(self, line: StatementLine) -> str:
        return agency_name(line)


class EarningsSerializer(serializers.Serializer[Any]):
    balances = BalanceSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = StatementLineSerializer(many=True)


class NewestLinesFirst(CursorPagination):
    ordering = ("-occurred_at", "-id")
    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"


class Earnings(APIView):
    """Your balances and the lines of your statement, newest first: every cent and every $0.00 with its reason."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses=EarningsSerializer,
        parameters=[
            OpenApiParameter("month", str, description="Only this month: 2026-11."),
            OpenApiParameter("cursor", str, description="From `next` or `previous`."),
        ],
    )
    def get(self, request: Request) -> Response:
        creator = find_creator(request.user)
        if creator is None:
            raise NotFound
        text = request.query_params.get("month", "")
        month = Month.parse(text)
        if text and month is None:
            raise ValidationError({"month": [_("Write the month like 2026-11.")]})
        pages = NewestLinesFirst()
        lines = lines_of(creator=creator, month=month).with_reasons()
        page = pages.paginate_queryset(lines, request, view=self)
        balances = balances_of(creator=creator, now=timezone.now())
        return Response(
            {
                "balances": BalanceSerializer(balances, many=True).data,
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
                "results": StatementLineSerializer(page, many=True).data,
            }
        )
