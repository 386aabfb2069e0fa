"""API of a merchant's orders, parcels and returns. The address names the merchant; only its members know it exists."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from catalog.merchants.access import require_member
from catalog.models import MerchantMember, MerchantRole
from shop.api import NewestOrdersFirst, validate
from shop.delivery.merchant_orders import MerchantOrder, describe, with_merchants_lines
from shop.delivery.merchant_serializers import (
    MerchantOrderSerializer,
    MerchantParcelSerializer,
    PackedLinesSerializer,
    StepSerializer,
)
from shop.delivery.parcels import PackingRefused, pack_parcel
from shop.delivery.steps import STEPS, record_packing, take_step
from shop.models import Order, Parcel


class MerchantOrders(generics.ListAPIView[Order]):
    """Paid orders with something that the merchant sells, newest first. `?to_pack=true` leaves out those that are packed."""

    permission_classes = [IsAuthenticated]
    serializer_class = MerchantOrderSerializer
    pagination_class = NewestOrdersFirst
    queryset = Order.objects.none()
    _reads_prices = False

    def get_queryset(self) -> Any:
        member = require_member(self.request, self.kwargs["merchant"])
        merchant_id, self._reads_prices = member.merchant_id, member.role != MerchantRole.PACKER
        orders = Order.objects.sold_by(merchant_id)
        if self.request.query_params.get("to_pack") == "true":
            orders = Order.objects.to_pack_by(merchant_id).order_by()
        return with_merchants_lines(orders, merchant_id)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "reads_prices": self._reads_prices}


class MerchantOrderDetail(APIView):
    """What a merchant sees of one order."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=MerchantOrderSerializer)
    def get(self, request: Request, merchant: str, code: str) -> Response:
        member = require_member(request, merchant)
        context = {"reads_prices": member.role != MerchantRole.PACKER}
        return Response(MerchantOrderSerializer(_get_order(member, code), context=context).data)


class MerchantParcels(APIView):
    """Parcels of an order. POST packs one."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(
        request=PackedLinesSerializer, responses={201: MerchantParcelSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, merchant: str, code: str) -> Response:
        """Pack units, given by the ids of lines. 409 if fewer are left."""
        member = require_member(request, merchant)
        order = _get_order(member, code)
        data = validate(PackedLinesSerializer(data=request.data))
        try:
            parcel = pack_parcel(
                order_id=order.pk,
                quantities=add_up(data["lines"]),
                created_by=member.user,
                now=timezone.now(),
                merchant_id=member.merchant_id,
            )
        except PackingRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        record_packing(parcel, member.user)
        return Response(_show_parcel(parcel), status=status.HTTP_201_CREATED)


class MerchantParcelStep(APIView):
    """A step of a parcel: send, tracking, ready, hand-over, cancel, deliver, lose or resend."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=StepSerializer, responses=MerchantParcelSerializer)
    def post(self, request: Request, merchant: str, pk: int, step: str) -> Response:
        """Take the step; “send” and “tracking” need the carrier, “hand-over” the code. 409 if the parcel can't take it any more."""
        member = require_member(request, merchant)
        parcel = get_object_or_404(Parcel.objects.for_slips().filter(merchant=member.merchant_id), pk=pk)
        if step not in STEPS:
            raise NotFound(_("There is no such step."))
        answers = StepSerializer.read(request.data, STEPS[step])
        try:
            take_step(name=step, parcel=parcel, user=member.user, now=timezone.now(), **answers)
        except PackingRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(_show_parcel(parcel))


def add_up(lines: Iterable[Mapping[str, int]]) -> dict[int, int]:
    """Return the quantities by line. A line that is named twice counts twice."""
    quantities = Counter[int]()
    for line in lines:
        quantities[line["line"]] += line["quantity"]
    return dict(quantities)


def _get_order(member: MerchantMember, code: str) -> MerchantOrder:
    orders = with_merchants_lines(Order.objects.sold_by(member.merchant_id), member.merchant_id)
    return describe(get_object_or_404(orders, code=code), now=timezone.now())


def _show_parcel(parcel: Parcel) -> Any:
    return MerchantParcelSerializer(Parcel.objects.for_slips().get(pk=parcel.pk)).data
