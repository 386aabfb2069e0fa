"""API for returns: what can be returned of an order, and requests to return it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import MAX_KEY_LENGTH, KeyReused, do_once
from shop.api import ShopView
from shop.models import Order, Refund
from shop.refunds import RefundRefused
from shop.return_serializers import OrderReturnsSerializer, ReturnRequestSerializer, ReturnSerializer
from shop.returns import list_returnable_lines, request_return
from shop.shopper import Shopper, shopper_of


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
