"""Buying over HTTP.

The whole of it for a feed with “Buy now” in two taps: `POST /api/v1/checkout/` with the header `Idempotency-Key` and
`{"product": slug, "quantity": 1, "seen": token}`, the token being the clip's from the feed; 201 answers the order with code, lines and totals, 200 the same order
for the same key. 409 with a sentence in `detail` when it is sold out or the price moved; 400 names the fields that are
missing (`address`, for a guest also `email`); 402 when the payment did not succeed; 422 for a key with another body.
Guests are bound to their session; JSON bodies and the key's header keep other sites from posting for them.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import KeyReused
from accounts.pagination import NewestFirst
from catalog.models import Product
from shop.attribution import Buyer, record_click
from shop.bags import BagRefused, add_to_bag, change_quantity, get_bag_lines
from shop.checkout import check_out, get_bag_items
from shop.models import Address, Order
from shop.orders import OrderRefused, RequestedItem, cancel_order
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable
from shop.refunds import RefundRefused, cancel_paid_order
from shop.serializers import (
    BagChangeSerializer,
    BagSerializer,
    CheckoutResultSerializer,
    CheckoutSerializer,
    OrderSerializer,
    RequestedItemSerializer,
)
from shop.shopper import Shopper, shopper_of
from shop.tasks import send_refund_by_id


class PaymentRequired(APIException):
    status_code = status.HTTP_402_PAYMENT_REQUIRED


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class ShopView(APIView):
    permission_classes = [AllowAny]
    parser_classes = [JSONParser]
    throttle_scope = "write"


class BagView(ShopView):
    """The bag of the user, or of the visitor's session."""

    throttle_scope = "events"

    @extend_schema(responses=BagSerializer)
    def get(self, request: Request) -> Response:
        return _bag_answer(shopper_of(request._request))

    @extend_schema(request=RequestedItemSerializer, responses=BagSerializer)
    def post(self, request: Request) -> Response:
        """Add some of a product to what is there."""
        wanted = _checked(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _product(wanted["product"], shopper)
        try:
            add_to_bag(
                shopper=shopper,
                product=product,
                quantity=wanted["quantity"],
                seen=wanted["seen"],
                now=timezone.now(),
            )
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return _bag_answer(shopper)

    @extend_schema(request=BagChangeSerializer, responses=BagSerializer)
    def patch(self, request: Request) -> Response:
        """Set how many of a product there are; 0 takes it out."""
        wanted = _checked(BagChangeSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _product(wanted["product"], None)
        try:
            change_quantity(shopper=shopper, product=product, quantity=wanted["quantity"])
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return _bag_answer(shopper)


class ClickView(ShopView):
    """Note that a product was opened from a clip: what the creator's commission goes by."""

    throttle_scope = "events"

    @extend_schema(request=RequestedItemSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        wanted = _checked(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _product(wanted["product"], shopper)
        if record_click(shopper=shopper, seen=wanted["seen"], product=product, now=timezone.now()) is None:
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)


class CheckoutView(ShopView):
    """Place an order and pay for it, once per Idempotency-Key."""

    @extend_schema(
        request=CheckoutSerializer,
        responses={201: CheckoutResultSerializer, 200: CheckoutResultSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> Response:
        wanted = _checked(CheckoutSerializer(data=request.data))
        shopper = shopper_of(request._request)
        key = request.headers.get("Idempotency-Key", "")
        if not 8 <= len(key) <= 120:
            raise ValidationError({"detail": _("Send an Idempotency-Key of 8 to 120 characters with every order.")})
        is_bag = not ("product" in wanted or wanted.get("lines"))
        lines = get_bag_items(get_bag_lines(shopper)) if is_bag else _wants(wanted)
        try:
            done = check_out(
                buyer=_buyer(shopper, wanted),
                items=lines,
                key=key,
                now=timezone.now(),
                expected_total_minor=wanted.get("expected_total_minor"),
                is_bag=is_bag,
            )
        except OrderRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        except PaymentRefused as failure:
            raise PaymentRequired(str(failure)) from failure
        except ProviderUnavailable as failure:
            raise Unavailable(_("The payment service does not answer. Send the same request again.")) from failure
        order = Order.objects.with_lines().get(pk=done.order.pk)
        context = {"next_url": done.outcome.next_url}
        code = status.HTTP_201_CREATED if done.is_new else status.HTTP_200_OK
        return Response(CheckoutResultSerializer(order, context=context).data, status=code)


class NewestOrdersFirst(NewestFirst):
    ordering = ("-placed_at", "-pk")


class OrderList(generics.ListAPIView[Order]):
    """Your orders, newest first."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    pagination_class = NewestOrdersFirst

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()


class OrderDetail(generics.RetrieveAPIView[Order]):
    """One order of yours."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()


class OrderCancel(ShopView):
    """Cancel an order that waits for payment, or one paid within the last hour: its money goes back."""

    serializer_class = OrderSerializer

    @extend_schema(request=None, responses=OrderSerializer)
    def post(self, request: Request, code: str) -> Response:
        shopper = shopper_of(request._request)
        order = get_object_or_404(Order.objects.visible_to(shopper), code=code)
        now = timezone.now()
        if not cancel_order(order_id=order.pk, now=now):
            try:
                refund = cancel_paid_order(order_id=order.pk, created_by=shopper.user, now=now)
            except RefundRefused as refusal:
                raise Conflict(str(refusal)) from refusal
            transaction.on_commit(partial(send_refund_by_id.delay, refund.pk))
        return Response(OrderSerializer(Order.objects.with_lines().get(pk=order.pk)).data)


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _product(slug: str, shopper: Shopper | None) -> Product:
    """Return what is on sale for this shopper; without one, whatever may lie in a bag already."""
    suitable = Product.objects.on_sale().suitable_for(is_adult=shopper is None or shopper.is_known_adult)
    product = suitable.filter(slug=slug).first()
    if product is None:
        raise ValidationError({"product": [_("There is no such product.")]})
    return product


def _wants(wanted: dict[str, Any]) -> list[RequestedItem]:
    lines = wanted.get("lines") or [wanted]
    return [RequestedItem(line["product"], line["quantity"], line["seen"]) for line in lines]


def _buyer(shopper: Shopper, wanted: dict[str, Any]) -> Buyer:
    problems: dict[str, list[str]] = {}
    address = Address(**wanted["address"]) if "address" in wanted else None
    if address is None and shopper.user is not None:
        address = Address.objects.filter(user=shopper.user).first()
    if address is None:
        problems["address"] = [_("Say where to send it.")]
    email = shopper.user.email if shopper.user else wanted.get("email", "")
    if not email:
        problems["email"] = [_("Say where the confirmation should go.")]
    if address is None or not email:
        raise ValidationError(problems)
    return Buyer(shopper, email, address)


def _bag_answer(shopper: Shopper) -> Response:
    lines = get_bag_lines(shopper)
    return Response(BagSerializer({"lines": lines, "count": sum(line.quantity for line in lines)}).data)
