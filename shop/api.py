"""API for the bag, checkout and orders.

“Buy now” takes one request: `POST /api/v1/checkout/` with the header `Idempotency-Key` and the body
`{"product": slug, "quantity": 1, "seen": token}`. The feed sends this token with each clip. The response is:

- 201 with the order: its code, lines and totals.
- 200 with the same order, if the key was used before.
- 400 if a field is missing: `address`, or for guests `email`.
- 402 if the payment failed.
- 409 if a product is sold out, a price has changed, or the shop takes no orders.
- 422 if the key was already used with another body.

Guests are identified by their session. Other sites can't order in a guest's name, because HTML forms can send neither
JSON nor the header.
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
from shop.vat_numbers import VatNumberRefused, check_vat_number


class PaymentRequired(APIException):
    status_code = status.HTTP_402_PAYMENT_REQUIRED


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class ShopView(APIView):
    permission_classes = [AllowAny]
    parser_classes = [JSONParser]
    throttle_scope = "write"


class BagView(ShopView):
    """The bag of the signed-in user or guest."""

    throttle_scope = "events"

    @extend_schema(responses=BagSerializer)
    def get(self, request: Request) -> Response:
        return _bag_response(shopper_of(request._request))

    @extend_schema(request=RequestedItemSerializer, responses=BagSerializer)
    def post(self, request: Request) -> Response:
        """Add units of a product to the bag. Return the whole bag."""
        item = _validate(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _get_product(item["product"], shopper)
        try:
            add_to_bag(
                shopper=shopper,
                product=product,
                quantity=item["quantity"],
                impression_token=item["seen"],
                now=timezone.now(),
            )
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return _bag_response(shopper)

    @extend_schema(request=BagChangeSerializer, responses=BagSerializer)
    def patch(self, request: Request) -> Response:
        """Set a product's quantity in the bag. 0 removes the product. Return the whole bag."""
        item = _validate(BagChangeSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _get_product(item["product"], None)
        try:
            change_quantity(shopper=shopper, product=product, quantity=item["quantity"])
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return _bag_response(shopper)


class ClickView(ShopView):
    """Clicks on products in clips. POST records one. Clicks decide which creator earns a commission on a purchase."""

    throttle_scope = "events"

    @extend_schema(request=RequestedItemSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        item = _validate(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _get_product(item["product"], shopper)
        if record_click(shopper=shopper, impression_token=item["seen"], product=product, now=timezone.now()) is None:
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)


class CheckoutView(ShopView):
    """Checkout. POST places an order and pays for it. A repeated Idempotency-Key places no second order."""

    @extend_schema(
        request=CheckoutSerializer,
        responses={201: CheckoutResultSerializer, 200: CheckoutResultSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> Response:
        data = _validate(CheckoutSerializer(data=request.data))
        shopper = shopper_of(request._request)
        key = request.headers.get("Idempotency-Key", "")
        if not 8 <= len(key) <= 120:
            raise ValidationError({"detail": _("Send an Idempotency-Key of 8 to 120 characters with every order.")})
        is_bag = not ("product" in data or data.get("lines"))
        items = get_bag_items(get_bag_lines(shopper)) if is_bag else _requested_items(data)
        try:
            result = check_out(
                buyer=_build_buyer(shopper, data),
                items=items,
                key=key,
                now=timezone.now(),
                expected_total_minor=data.get("expected_total_minor"),
                is_bag=is_bag,
            )
        except OrderRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        except PaymentRefused as failure:
            raise PaymentRequired(str(failure)) from failure
        except ProviderUnavailable as failure:
            raise Unavailable(_("The payment service is not responding. Send the same request again.")) from failure
        order = Order.objects.with_lines().get(pk=result.order.pk)
        context = {"next_url": result.outcome.next_url}
        code = status.HTTP_201_CREATED if result.is_new else status.HTTP_200_OK
        return Response(CheckoutResultSerializer(order, context=context).data, status=code)


class NewestOrdersFirst(NewestFirst):
    ordering = ("-placed_at", "-pk")


class OrderList(generics.ListAPIView[Order]):
    """The caller's orders, newest first."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    pagination_class = NewestOrdersFirst

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()


class OrderDetail(generics.RetrieveAPIView[Order]):
    """One of the caller's orders."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()


class OrderCancel(ShopView):
    """Cancellation of an order that is unpaid or was paid a short time ago. A paid order is refunded."""

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
            transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
        return Response(OrderSerializer(Order.objects.with_lines().get(pk=order.pk)).data)


def _validate(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _get_product(slug: str, shopper: Shopper | None) -> Product:
    """Return the product with this slug.

    Raises ValidationError if the product is not on sale, or if the shopper is too young for it. If `shopper` is None,
    the age is not checked.
    """
    suitable = Product.objects.on_sale().suitable_for(is_adult=shopper is None or shopper.is_known_adult)
    product = suitable.filter(slug=slug).first()
    if product is None:
        raise ValidationError({"product": [_("This product was not found.")]})
    return product


def _requested_items(data: dict[str, Any]) -> list[RequestedItem]:
    lines = data.get("lines") or [data]
    return [RequestedItem(line["product"], line["quantity"], line["seen"]) for line in lines]


def _build_buyer(shopper: Shopper, data: dict[str, Any]) -> Buyer:
    """Return the buyer. Use the address in the request or, if there is none, the user's saved address.

    Raises ValidationError if there is no delivery address or no e-mail address.
    """
    problems: dict[str, list[str]] = {}
    address = Address(**data["address"]) if "address" in data else None
    if address is None and shopper.user is not None:
        address = Address.objects.filter(user=shopper.user).first()
    if address is None:
        problems["address"] = [_("Enter a delivery address.")]
    email = shopper.user.email if shopper.user else data.get("email", "")
    if not email:
        problems["email"] = [_("Enter an email address for the confirmation.")]
    vat_number = data["vat_number"]
    if vat_number and address is not None:
        try:
            vat_number = check_vat_number(vat_number, address.country_code)
        except VatNumberRefused as refusal:
            problems["vat_number"] = [str(refusal)]
    if problems or address is None:
        raise ValidationError(problems)
    return Buyer(shopper, email, address, vat_number)


def _bag_response(shopper: Shopper) -> Response:
    lines = get_bag_lines(shopper)
    return Response(BagSerializer({"lines": lines, "count": sum(line.quantity for line in lines)}).data)
