"""API for the bag and orders.

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
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict, Unavailable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from catalog.models import Product, Variant
from shop.addresses import guess_destination
from shop.attribution import record_click
from shop.bags import BagRefused, add_to_bag, change_quantity, get_bag_lines, quote_bag
from shop.models import Order
from shop.providers import ProviderUnavailable
from shop.refunds import RefundRefused, cancel_paid_order
from shop.release import Release, explain_no_answer, explain_release, release_order
from shop.serializers import (
    BagChangeSerializer,
    BagSerializer,
    OrderSerializer,
    RequestedItemSerializer,
)
from shop.shopper import Shopper, shopper_of
from shop.tasks import send_refund_by_id
from shop.variant_choice import VariantRefused, choose_variant


class ShopView(APIView):
    permission_classes = [AllowAny]
    throttle_scope = "write"


class BagView(ShopView):
    """The bag of the signed-in user or guest."""

    error_statuses = (409,)
    throttle_scope = "events"

    @extend_schema(responses=BagSerializer)
    def get(self, request: Request) -> Response:
        return _bag_response(shopper_of(request._request))

    @extend_schema(request=RequestedItemSerializer, responses=BagSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    def post(self, request: Request) -> Response:
        """Add units of a variant to the bag. Return the whole bag."""
        self._add(request)
        return _bag_response(shopper_of(request._request))

    @idempotent
    def _add(self, request: Request) -> Response:
        """Add the units. What is stored with the key does not grow with the bag."""
        item = validate(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        variant = _get_variant(_get_product(item["product"], shopper), item["variant"])
        try:
            add_to_bag(
                shopper=shopper,
                variant=variant,
                quantity=item["quantity"],
                impression_token=item["seen"],
                now=timezone.now(),
            )
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=BagChangeSerializer, responses=BagSerializer)
    def patch(self, request: Request) -> Response:
        """Set a variant's quantity in the bag. 0 removes it. Return the whole bag."""
        item = validate(BagChangeSerializer(data=request.data))
        shopper = shopper_of(request._request)
        variant = _get_variant(_get_product(item["product"], None), item["variant"])
        try:
            change_quantity(shopper=shopper, variant=variant, quantity=item["quantity"])
        except BagRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return _bag_response(shopper)


class ClickView(ShopView):
    """Clicks on products in clips. POST records one. Clicks decide which creator earns a commission on a purchase."""

    throttle_scope = "events"

    @extend_schema(request=RequestedItemSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        item = validate(RequestedItemSerializer(data=request.data))
        shopper = shopper_of(request._request)
        product = _get_product(item["product"], shopper)
        if record_click(shopper=shopper, impression_token=item["seen"], product=product, now=timezone.now()) is None:
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)


class NewestOrdersFirst(NewestFirst):
    ordering = ("-placed_at", "-pk")


class OrderList(generics.ListAPIView[Order]):
    """The caller's orders, newest first."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    pagination_class = NewestOrdersFirst

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "shopper": shopper_of(self.request._request)}


class OrderDetail(generics.RetrieveAPIView[Order]):
    """One of the caller's orders."""

    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(shopper_of(self.request._request)).with_lines()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "shopper": shopper_of(self.request._request)}


class OrderCancel(ShopView):
    """Cancellation of an order that is unpaid or was paid a short time ago. A paid order is refunded."""

    error_statuses = (409,)
    serializer_class = OrderSerializer

    @extend_schema(request=None, responses=OrderSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        shopper = shopper_of(request._request)
        order = get_object_or_404(Order.objects.visible_to(shopper), code=code)
        now = timezone.now()
        try:
            release = release_order(order_id=order.pk, now=now)
        except ProviderUnavailable as failure:
            raise Unavailable(explain_no_answer()) from failure
        if release != Release.CANCELLED:
            try:
                refund = cancel_paid_order(order_id=order.pk, created_by=shopper.user, now=now)
            except RefundRefused as refusal:
                # Returned, not raised, so that what the provider answered meanwhile is not rolled back.
                sentence = explain_release(release) or str(refusal)
                return Response({"detail": sentence}, status=status.HTTP_409_CONFLICT)
            transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
        return describe_order(Order.objects.with_lines().get(pk=order.pk), request)


def describe_order(order: Order, request: Request) -> Response:
    return Response(OrderSerializer(order, context={"shopper": shopper_of(request._request)}).data)


def validate(serializer: Any) -> dict[str, Any]:
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


def _get_variant(product: Product, variant_id: int | None) -> Variant:
    """Return the variant that is meant. Raises ValidationError."""
    try:
        return choose_variant(product, variant_id)
    except VariantRefused as refusal:
        raise ValidationError({"variant": [str(refusal)]}) from refusal


def _bag_response(shopper: Shopper) -> Response:
    lines = get_bag_lines(shopper)
    quote = quote_bag(lines, guess_destination(shopper), is_adult=shopper.is_known_adult, now=timezone.now())
    problems = {line.pk: quoted.problem for line, quoted in zip(lines, quote.lines, strict=True)}
    bag = {"lines": lines, "count": sum(line.quantity for line in lines)}
    return Response(BagSerializer(bag, context={"problems": problems}).data)
