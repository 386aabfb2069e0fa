"""API by which shoppers change a paid order until it is packed."""

from functools import partial
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.api_fields import BoundedList
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from shop.api import ShopView, describe_order, validate
from shop.delivery.order_changes import OrderChangeRefused, ask_seller, cancel_units, change_address
from shop.delivery.order_pages import LONGEST_QUESTION
from shop.models import Address, Order
from shop.models.bag import MAX_LINES
from shop.order_links import explain_unclaimable, knows_order_email
from shop.quote_serializers import AddressSerializer
from shop.return_api import find_quantities
from shop.return_serializers import ReturnLineSerializer
from shop.serializers import OrderSerializer
from shop.shopper import shopper_of
from shop.tasks import send_refund_by_id


class CancelledItemsSerializer(serializers.Serializer[Any]):
    lines = BoundedList(child=ReturnLineSerializer(), allow_empty=False, max_length=MAX_LINES)


class OrderQuestionSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=LONGEST_QUESTION)


class OrderAddress(ShopView):
    """The delivery address of one of the caller's orders."""

    error_statuses = (409,)

    @extend_schema(request=AddressSerializer, responses=OrderSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Change the address within its country and region. 409 once the order is packed."""
        order = _get_order(request, code)
        address = Address(**validate(AddressSerializer(data=request.data)))
        try:
            change_address(order_id=order.pk, address=address, now=timezone.now())
        except OrderChangeRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return describe_order(Order.objects.with_lines().get(pk=order.pk), request)


class OrderCancelItems(ShopView):
    """Cancellation of some units of an order that is paid and not packed."""

    error_statuses = (409,)

    @extend_schema(request=CancelledItemsSerializer, responses=OrderSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Cancel units and refund them. 409 if they are packed."""
        order = _get_order(request, code)
        quantities = find_quantities(order, validate(CancelledItemsSerializer(data=request.data)))
        user = shopper_of(request._request).user
        try:
            refund = cancel_units(order_id=order.pk, quantities=quantities, created_by=user, now=timezone.now())
        except OrderChangeRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
        return describe_order(Order.objects.with_lines().get(pk=order.pk), request)


class OrderQuestion(ShopView):
    """Questions to the shop about an order."""

    error_statuses = (409,)

    @extend_schema(request=OrderQuestionSerializer, responses={204: None}, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Send a question, which the shop answers by email. 409 once the order is packed, or right after another one."""
        order, data = _get_order(request, code), validate(OrderQuestionSerializer(data=request.data))
        try:
            ask_seller(order=order, words=data["words"], now=timezone.now())
        except OrderChangeRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


def _get_order(request: Request, code: str) -> Order:
    """Return the order. Raises Conflict if the shopper has its link alone."""
    shopper = shopper_of(request._request)
    order = get_object_or_404(Order.objects.visible_to(shopper), code=code)
    if not knows_order_email(shopper, order):
        raise Conflict(explain_unclaimable())
    return order
