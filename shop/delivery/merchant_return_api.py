"""API of the returns of what a merchant sold."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict
from accounts.api_fields import BoundedList
from accounts.keys import LARGEST_KEY
from accounts.pagination import NewestFirst
from catalog.merchants.access import require_member
from catalog.stock import MAX_QUANTITY
from shop.api import validate
from shop.delivery.merchant_api import add_up
from shop.delivery.merchant_returns import DECIDING, answer_return, record_arrival, returns_to
from shop.models import Refund, RefundLine
from shop.models.bag import MAX_LINES
from shop.refunds import RefundRefused


class MerchantReturnLineSerializer(serializers.ModelSerializer[RefundLine]):
    product = serializers.CharField(source="order_line.product.slug")
    variant = serializers.IntegerField(source="order_line.variant_id")
    name = serializers.CharField(source="order_line.local_name")

    class Meta:
        model = RefundLine
        fields = ["id", "product", "variant", "name", "quantity", "received_quantity"]


class MerchantReturnSerializer(serializers.ModelSerializer[Refund]):
    """A shopper's return of what the merchant sold. The house refunds it."""

    order = serializers.CharField(source="order.code")
    lines = MerchantReturnLineSerializer(many=True)
    reason = serializers.CharField(source="local_reason")

    class Meta:
        model = Refund
        fields = ["id", "order", "state", "lines", "reason", "decline_reason", "created_at", "received_at"]


class ArrivedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, help_text="The id of the return's line.")
    quantity = serializers.IntegerField(min_value=0, max_value=MAX_QUANTITY)


class ReturnAnswerSerializer(serializers.Serializer[Any]):
    """`reason` when it is declined; `lines` and `is_restocked` when it arrived."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    lines = BoundedList(child=ArrivedLineSerializer(), max_length=MAX_LINES, required=False)
    is_restocked = serializers.BooleanField(default=False, help_text="Whether what arrived can be sold again.")


class MerchantReturns(generics.ListAPIView[Refund]):
    """Returns of what the merchant sold, newest first."""

    permission_classes = [IsAuthenticated]
    serializer_class = MerchantReturnSerializer
    pagination_class = NewestFirst
    queryset = Refund.objects.none()

    def get_queryset(self) -> Any:
        return returns_to(require_member(self.request, self.kwargs["merchant"], *DECIDING).merchant_id)


class MerchantReturnAnswer(APIView):
    """The answer to a return: accept, decline or receive."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=ReturnAnswerSerializer, responses=MerchantReturnSerializer)
    def post(self, request: Request, merchant: str, pk: int, answer: str) -> Response:
        """Accept or decline the return, or record what arrived. 409 if it was answered in another way before."""
        member = require_member(request, merchant, *DECIDING)
        refund = get_object_or_404(returns_to(member.merchant_id), pk=pk)
        data = validate(ReturnAnswerSerializer(data=request.data))
        if answer == "receive":
            quantities = add_up(data.get("lines", []))
            try:
                record_arrival(
                    refund=refund, user=member.user, quantities=quantities, is_restocked=data["is_restocked"]
                )
            except RefundRefused as refusal:
                raise Conflict(str(refusal)) from refusal
        else:
            if answer == "decline" and not data["reason"].strip():
                raise serializers.ValidationError({"reason": [_("Say why you decline it.")]})
            accepts = answer == "accept"
            if not answer_return(refund=refund, user=member.user, accepts=accepts, reason=data["reason"]):
                raise Conflict(_("This return has been answered already. Nothing was changed."))
        return Response(MerchantReturnSerializer(returns_to(member.merchant_id).get(pk=pk)).data)
