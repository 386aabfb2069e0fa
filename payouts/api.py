"""API for a creator's earnings."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from creators.access import find_creator
from payouts.serializers import BalanceSerializer, EarningsSerializer, StatementLineSerializer
from payouts.statements import LineCursor, Month, get_balances, get_statement_page

DEFAULT_LINES = 50
MAX_LINES = 500


class Earnings(APIView):
    """The caller's balances and statement lines, newest first. Each line explains its amount, even if it is $0.00."""

    read_error_statuses = (404,)
    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses=EarningsSerializer,
        parameters=[
            OpenApiParameter("month", str, description="Only this month, for example 2026-11."),
            OpenApiParameter("cursor", str, description="The cursor in `next`."),
            OpenApiParameter("limit", int, description="Lines per page: 50 by default, at most 500."),
        ],
    )
    def get(self, request: Request) -> Response:
        creator = find_creator(request.user)
        if creator is None:
            raise NotFound
        text = request.query_params.get("month", "")
        month = Month.parse(text)
        if text and month is None:
            raise ValidationError({"month": [_("Enter the year and month, for example 2026-11.")]})
        cursor = request.query_params.get("cursor", "")
        after = LineCursor.parse(cursor)
        if cursor and after is None:
            raise NotFound(_("This cursor is not valid. Start again without a cursor."))
        limit = _limit_of(request)
        lines = list(get_statement_page(creator=creator, month=month, after=after, at_most=limit + 1))
        next_cursor = LineCursor.of(lines[limit - 1]) if len(lines) > limit else None
        balances = get_balances(creator=creator)
        return Response(
            {
                "balances": BalanceSerializer(balances, many=True).data,
                "next": replace_query_param(request.build_absolute_uri(), "cursor", next_cursor)
                if next_cursor
                else None,
                "results": StatementLineSerializer(lines[:limit], many=True).data,
            }
        )


def _limit_of(request: Request) -> int:
    text = request.query_params.get("limit", "")
    return max(1, min(int(text), MAX_LINES)) if text.isdecimal() and len(text) < 10 else DEFAULT_LINES
