"""JSON API of the scheduled prices of a merchant's variants."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from catalog.merchants.listing_api import ListingView
from catalog.merchants.listing_pages import find_product
from catalog.models import ScheduledPrice, Variant
from catalog.money_fields import LARGEST_MINOR
from catalog.scheduled_price_forms import list_scheduled_prices
from catalog.scheduled_prices import ScheduleRefused, cancel_scheduled_price, schedule_price


class ScheduledPriceSerializer(serializers.ModelSerializer[ScheduledPrice]):
    price_minor = serializers.IntegerField(min_value=1, max_value=LARGEST_MINOR)

    class Meta:
        model = ScheduledPrice
        fields = ["id", "price_minor", "starts_at", "ends_at", "state", "created_at"]
        read_only_fields = ["state", "created_at"]


class ScheduledPriceView(ListingView):
    def variant(self) -> Variant:
        product = find_product(self.member(), str(self.kwargs["slug"]))
        return get_object_or_404(product.variants.select_related("product"), pk=self.kwargs["pk"])


class ScheduledPriceList(ScheduledPriceView):
    """The newest scheduled prices of a variant, at most 50, by their start. POST schedules one."""

    @extend_schema(responses=ScheduledPriceSerializer(many=True))
    def get(self, request: Request, **_kwargs: Any) -> Response:
        return Response(ScheduledPriceSerializer(list_scheduled_prices(self.variant()), many=True).data)

    @extend_schema(
        request=ScheduledPriceSerializer, responses={201: ScheduledPriceSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, merchant: str, slug: str, pk: int) -> Response:
        variant, member = self.variant(), self.member()
        body = ScheduledPriceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            row = schedule_price(variant=variant, created_by=member.user, now=timezone.now(), **body.validated_data)
        except ScheduleRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(ScheduledPriceSerializer(row).data, status=status.HTTP_201_CREATED)


class ScheduledPriceDetail(ScheduledPriceView):
    """DELETE cancels a planned price, or ends a running one now."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, price_id: int, **_kwargs: Any) -> Response:
        row = get_object_or_404(self.variant().scheduled_prices, pk=price_id)
        try:
            cancel_scheduled_price(scheduled=row)
        except ScheduleRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)
