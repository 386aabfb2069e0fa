"""API for returns: what can be returned of an order, and requests to return it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import MAX_KEY_LENGTH, KeyReused, do_once
from catalog.prices import Price, PriceSerializer
from shop.api import ShopView
from shop.models import Order, Refund, RefundLine
from shop.refunds import RefundRefused
from shop.return_form import LARGEST_REASON
from shop.returns import ReturnableLine, list_returnable_lines, request_return
from shop.shopper import Shopper, shopper_of


class ReturnLineSerializer(serializers.Serializer[RefundLine]):
    """A product of the order and how many units of it."""

    product = serializers.SlugField(source="order_line.product.slug")
    quantity = serializers.IntegerField(min_value=1)


class ReturnRequestSerializer(serializers.Serializer[None]):
    """What to return, and why."""

    lines = ReturnLineSerializer(many=True, allow_empty=False)
    reason = serializers.CharField(max_length=LARGEST_REASON, required=False, allow_blank=True, default="")


class ReturnSerializer(serializers.ModelSerializer[Refund]):
    """A return, or another refund of the order. `amount` is 0 until a return is accepted, and contains `tax`."""

    lines = ReturnLineSerializer(many=True)
    amount = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()

    class Meta:
        model = Refund
        fields = ["state", "lines", "reason", "amount", "tax", "created_at"]

    @extend_schema_field(PriceSerializer)
    def get_amount(self, refund: Refund) -> dict[str, object]:
        return dict(PriceSerializer(Price(refund.amount_minor, refund.currency)).data)

    @extend_schema_field(PriceSerializer)
    def get_tax(self, refund: Refund) -> dict[str, object]:
        return dict(PriceSerializer(Price(refund.tax_minor, refund.currency)).data)


class ReturnableLineSerializer(serializers.Serializer[ReturnableLine]):
    """How many units of a line can be returned, and why no more if it is none."""

    product = serializers.CharField(source="line.product.slug")
    returnable_quantity = serializers.IntegerField(source="returnable")
    refusal = serializers.SerializerMethodField(help_text="In the language of the request; empty if units are left.")

    def get_refusal(self, line: ReturnableLine) -> str:
        return line.explain_refusal(1)


class OrderReturnsSerializer(serializers.Serializer[Any]):
    lines = ReturnableLineSerializer(many=True)
    returns = ReturnSerializer(many=True, help_text="Oldest first.")


class OrderReturns(ShopView):
    """Returns of one of the caller's orders."""

    @extend_schema(responses=OrderReturnsSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Return what can be returned, and the returns and refunds so far."""
        order = _get_order(request, code)
        refunds = order.refunds.prefetch_related("lines__order_line__product").order_by("created_at", "pk")
        lines = list_returnable_lines(order, now=timezone.now())
        return Response(OrderReturnsSerializer({"lines": lines, "returns": refunds}).data)

    @extend_schema(
        request=ReturnRequestSerializer,
        responses={201: ReturnSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask to return units. 409 if units of a line cannot be returned: the answer says which and why."""
        order = _get_order(request, code)
        serializer = ReturnRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = dict(serializer.validated_data)
        try:
            refund_id = _request_once(shopper_of(request._request), order, data, request.headers)
        except RefundRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        refund = Refund.objects.prefetch_related("lines__order_line__product").get(pk=refund_id)
        return Response(ReturnSerializer(refund).data, status=status.HTTP_201_CREATED)


def _get_order(request: Request, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request._request)), code=code)


def _request_once(shopper: Shopper, order: Order, data: dict[str, Any], headers: Any) -> int:
    """Request the return, once for each Idempotency-Key. Return the refund's id. Raises RefundRefused, KeyReused."""
    wanted: dict[str, int] = {}
    for line in data["lines"]:
        slug = line["order_line"]["product"]["slug"]
        wanted[slug] = wanted.get(slug, 0) + line["quantity"]
    line_ids = dict(order.lines.values_list("product__slug", "pk"))
    if unknown := [slug for slug in wanted if slug not in line_ids]:
        sentence = _("This order has no product “%(product)s”.") % {"product": unknown[0]}
        raise ValidationError({"lines": [sentence]})
    quantities = {line_ids[slug]: quantity for slug, quantity in wanted.items()}

    def make() -> str:
        refund = request_return(order=order, quantities=quantities, reason=data["reason"], now=timezone.now())
        return str(refund.pk)

    key = headers.get("Idempotency-Key", "")[:MAX_KEY_LENGTH]
    if not key:
        return int(make())
    return int(
        do_once(owner=f"return {shopper.owner}", key=key, content=[order.code, wanted, data["reason"]], make=make)
    )
