"""API for returns: what can be returned of an order, and requests to return it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from shop.api import ShopView, validate
from shop.models import Order, Refund
from shop.refunds import RefundRefused
from shop.return_serializers import OrderReturnsSerializer, ReturnRequestSerializer, ReturnSerializer
from shop.returns import list_returnable_lines, request_return
from shop.shopper import shopper_of


class OrderReturns(ShopView):
    """Returns of one of the caller's orders."""

    error_statuses = (409,)

    @extend_schema(responses=OrderReturnsSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Return what can be returned, and the returns and refunds so far."""
        order = _get_order(request, code)
        refunds = order.refunds.prefetch_related("lines__order_line__product").order_by("created_at", "pk")
        lines = list_returnable_lines(order, now=timezone.now())
        return Response(OrderReturnsSerializer({"lines": lines, "returns": refunds}).data)

    @extend_schema(
        request=ReturnRequestSerializer, responses={201: ReturnSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Ask to return units. 409 if units of a line cannot be returned: the answer says which and why.

        What several merchants sold becomes a return for each. The answer is the first of them.
        """
        order = _get_order(request, code)
        data = validate(ReturnRequestSerializer(data=request.data))
        try:
            refund = request_return(
                order=order, quantities=find_quantities(order, data), reason=data["reason"], now=timezone.now()
            )
        except RefundRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        refund = Refund.objects.prefetch_related("lines__order_line__product").get(pk=refund.pk)
        return Response(ReturnSerializer(refund).data, status=status.HTTP_201_CREATED)


def _get_order(request: Request, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request._request)), code=code)


def find_quantities(order: Order, data: dict[str, Any]) -> dict[int, int]:
    """Return the quantities by order line id. Raises ValidationError if it is not clear which line is meant."""
    lines = list(order.lines.select_related("product"))
    quantities: dict[int, int] = {}
    for wanted in data["lines"]:
        slug, variant_id = wanted["order_line"]["product"]["slug"], wanted["order_line"]["variant_id"]
        meant = [line for line in lines if line.product.slug == slug and variant_id in (None, line.variant_id)]
        if not meant:
            sentence = _("This order has no product “%(product)s”.") % {"product": slug}
            raise ValidationError({"lines": [sentence]})
        if len(meant) > 1:
            sentence = _("This order has several variants of “%(product)s”. Say which.") % {"product": slug}
            raise ValidationError({"lines": [sentence]})
        quantities[meant[0].pk] = quantities.get(meant[0].pk, 0) + wanted["quantity"]
    return quantities
