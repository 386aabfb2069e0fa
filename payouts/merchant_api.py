"""API of a merchant's earnings and payout account, for its owners."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.pagination import NewestFirst
from catalog.merchants.access import require_member
from catalog.models import Merchant, MerchantRole
from payouts.merchant_descriptions import describe_merchant_line
from payouts.merchant_statements import (
    MerchantLine,
    find_merchant_postings,
    find_pay_hold,
    get_merchant_balances,
    read_lines,
)
from payouts.payout_account_api import require_fresh_sign_in, save_account
from payouts.payout_accounts import find_account
from payouts.serializers import PayoutAccountSerializer, PayoutAccountWriteSerializer
from payouts.statements import Month


class MerchantBalanceSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    owed_minor = serializers.IntegerField(help_text="Booked and not paid out. A negative balance carries forward.")
    pending_minor = serializers.IntegerField(help_text="Sales that can still be returned.")
    paid_minor = serializers.IntegerField(help_text="Sent to the bank.")


class MerchantStatementLineSerializer(serializers.Serializer[Any]):
    """A line of a merchant's statement. The parts of its net amount are negative where they lower it."""

    id = serializers.IntegerField(source="posting.pk")
    kind = serializers.CharField(source="posting.kind")
    occurred_at = serializers.DateTimeField()
    order = serializers.CharField(source="order_code", help_text="Empty for payouts.")
    what = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()
    currency = serializers.CharField()
    sale_minor = serializers.IntegerField(help_text="What the shopper paid or got back, tax included.")
    discount_minor = serializers.IntegerField(help_text="A discount of the shop, which adds it to the sale.")
    fee_minor = serializers.IntegerField()
    commission_minor = serializers.IntegerField()
    net_minor = serializers.IntegerField()

    def get_what(self, line: MerchantLine) -> str:
        return describe_merchant_line(line).what

    def get_rule(self, line: MerchantLine) -> str:
        return describe_merchant_line(line).rule


class MerchantEarningsSerializer(serializers.Serializer[Any]):
    balances = MerchantBalanceSerializer(many=True)
    hold = serializers.CharField(help_text="Why nothing is paid out, because the merchant is suspended; or empty.")
    fee_bps = serializers.IntegerField(help_text="Of orders that are placed now.")
    next_fee_bps = serializers.IntegerField(allow_null=True, help_text="It holds from `next_fee_from` on.")
    next_fee_from = serializers.DateTimeField(allow_null=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MerchantStatementLineSerializer(many=True)


class NewestPostingFirst(NewestFirst):
    ordering = ("-occurred_at", "-pk")


class MerchantEarnings(APIView):
    """A merchant's balances and statement lines, newest first, for its owners."""

    read_error_statuses = (403, 404)
    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses=MerchantEarningsSerializer,
        parameters=[
            OpenApiParameter("month", str, description="Only this month, for example 2026-11."),
            OpenApiParameter("cursor", str, description="The cursor in `next`."),
            OpenApiParameter("limit", int, description="Lines per page: 20 by default, at most 100."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        merchant = require_member(request, slug, MerchantRole.OWNER).merchant
        text = request.query_params.get("month", "")
        month = Month.parse(text)
        if text and month is None:
            raise ValidationError({"month": [_("Enter the year and month, for example 2026-11.")]})
        paginator = NewestPostingFirst()
        postings = paginator.paginate_queryset(find_merchant_postings(merchant, month), request, view=self) or []
        answer = paginator.get_paginated_response(
            MerchantStatementLineSerializer(list(read_lines(postings)), many=True).data
        )
        balances = MerchantBalanceSerializer(get_merchant_balances(merchant), many=True).data
        fees = {
            "fee_bps": merchant.fee_at(timezone.now()),
            "next_fee_bps": merchant.next_fee_bps,
            "next_fee_from": merchant.next_fee_from,
        }
        answer.data = {"balances": balances, "hold": find_pay_hold(merchant), **fees, **answer.data}
        return answer


class MerchantPayoutAccount(APIView):
    """A merchant's payout account, for its owners. GET and PUT require that the caller confirmed their password recently.

    If not, the status is 403 and `detail` says where to confirm it.
    """

    error_statuses = read_error_statuses = (403, 404)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=PayoutAccountSerializer)
    def get(self, request: Request, slug: str) -> Response:
        account = find_account(_find_merchant(request, slug))
        if account is None:
            raise NotFound
        return Response(PayoutAccountSerializer(account).data)

    @extend_schema(request=PayoutAccountWriteSerializer, responses=PayoutAccountSerializer)
    def put(self, request: Request, slug: str) -> Response:
        """Save the account for payouts that are planned from now on. All owners get an email about the change.

        A payout that is planned already stops until our finance team has confirmed the new account.
        """
        return save_account(_find_merchant(request, slug), request)


def _find_merchant(request: Request, slug: str) -> Merchant:
    merchant = require_member(request, slug, MerchantRole.OWNER).merchant
    require_fresh_sign_in(request)
    return merchant
