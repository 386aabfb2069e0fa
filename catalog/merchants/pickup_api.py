"""API of a merchant's pickup places. Owners and managers see and change them."""

from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from catalog.merchants.access import require_member
from catalog.merchants.pickup_forms import PickupPlaceForm, save_place
from catalog.merchants.pickup_pages import MANAGING
from catalog.merchants.pickup_serializers import OwnPickupPlaceSerializer
from catalog.models import PickupPlace


class MerchantPickupPlaces(APIView):
    """The places of a merchant. POST adds one."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=OwnPickupPlaceSerializer(many=True))
    def get(self, request: Request, merchant: str) -> Response:
        places = require_member(request, merchant, *MANAGING).merchant.pickup_places.order_by("name", "pk")
        return Response(OwnPickupPlaceSerializer(places, many=True).data)

    @extend_schema(
        request=OwnPickupPlaceSerializer,
        responses={201: OwnPickupPlaceSerializer},
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    @idempotent
    def post(self, request: Request, merchant: str) -> Response:
        """Add a place, by its coordinates or a postcode."""
        place = PickupPlace(merchant=require_member(request, merchant, *MANAGING).merchant)
        return Response(OwnPickupPlaceSerializer(_save(place, request)).data, status=status.HTTP_201_CREATED)


class MerchantPickupPlaceDetail(APIView):
    """One place of a merchant. Places are not deleted, because orders name them: `is_offered` ends a place."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=OwnPickupPlaceSerializer(partial=True), responses=OwnPickupPlaceSerializer)
    @transaction.atomic
    def patch(self, request: Request, merchant: str, pk: int) -> Response:
        """Change what was sent."""
        own = require_member(request, merchant, *MANAGING).merchant
        place = get_object_or_404(own.pickup_places.select_related("merchant"), pk=pk)
        return Response(OwnPickupPlaceSerializer(_save(place, request)).data)


def _save(place: PickupPlace, request: Request) -> PickupPlace:
    """Write what was sent. Raises ValidationError, as the page's form does."""
    body = OwnPickupPlaceSerializer(data=request.data, partial=place.pk is not None)
    body.is_valid(raise_exception=True)
    present: dict[str, Any] = model_to_dict(place, PickupPlaceForm.Meta.fields)
    form = PickupPlaceForm(present | body.validated_data, instance=place)
    if not form.is_valid():
        raise serializers.ValidationError({name: list(map(str, errors)) for name, errors in form.errors.items()})
    return save_place(form)
