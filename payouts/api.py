"""A creator's earnings over HTTP."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from creators.access import find_creator
from payouts.serializers import BalanceSerializer, EarningsSerializer, StatementLineSerializer
from payouts.statements import Month, balances_of, lines_of


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
