"""API for samples: what creators ask for, and what merchants answer."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import is_adult, signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.keys import LARGEST_KEY
from accounts.pagination import NewestFirst
from catalog.merchants.access import require_member
from catalog.models import Product, Variant
from creators.access import find_creator
from creators.models import Sample
from creators.samples import SampleRefused, withdraw_sample
from shop.api import validate
from shop.samples.answers import answer_request
from shop.samples.forms import PLAN_CHARACTERS
from shop.samples.merchant_pages import DECIDING
from shop.samples.requests import ask_for_sample


class NewestRequestFirst(NewestFirst):
    ordering = ("-requested_at", "-pk")


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """A request for one unit of a variant, for free. `order` is the code of the order of zero that sends it."""

    product = serializers.CharField(source="variant.product.slug")
    creator = serializers.CharField(source="creator.handle")
    order = serializers.SerializerMethodField()

    class Meta:
        model = Sample
        fields = [
            *("id", "creator", "product", "variant", "state", "plan", "reason", "requested_at", "due_on"),
            *("clip_code", "order"),
        ]

    def get_order(self, sample: Sample) -> str | None:
        row = getattr(sample, "sample_order", None)
        return row.order.code if row else None


class SampleRequestSerializer(serializers.Serializer[Any]):
    variant = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    plan = serializers.CharField(max_length=PLAN_CHARACTERS, required=False, allow_blank=True, default="")


class SampleAnswerSerializer(serializers.Serializer[Any]):
    """`reason` when it is declined."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


def described() -> QuerySet[Sample]:
    return Sample.objects.with_names().select_related("sample_order__order")


class SampleList(generics.ListAPIView[Sample]):
    """The creator's requests, newest first."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    serializer_class = SampleSerializer
    pagination_class = NewestRequestFirst
    throttle_scope = "write"
    queryset = Sample.objects.none()

    def get_queryset(self) -> QuerySet[Sample]:
        return described().filter(creator__user=signed_in_user(self.request))

    @extend_schema(
        request=SampleRequestSerializer, responses={201: SampleSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask for a sample. 409 if the creator or the seller is not ready for it."""
        data = validate(SampleRequestSerializer(data=request.data))
        creator = find_creator(request.user)
        if creator is None:
            raise Conflict(_("Samples are for creators who have joined a campaign."))
        products = Product.objects.on_sale().suitable_for(is_adult=is_adult(request.user)).filter(outbound_url="")
        variants = Variant.objects.filter(is_active=True, product__in=products).select_related("product__merchant")
        variant = variants.filter(pk=data["variant"]).first()
        if variant is None:
            raise serializers.ValidationError({"variant": [_("This is not on sale.")]})
        try:
            sample = ask_for_sample(creator=creator, variant=variant, plan=data["plan"], now=timezone.now())
        except SampleRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(SampleSerializer(described().get(pk=sample.pk)).data, status=status.HTTP_201_CREATED)


class SampleWithdrawal(APIView):
    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=None, responses=SampleSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Withdraw a request. 409 if the seller has answered it."""
        sample = get_object_or_404(described(), creator__user=signed_in_user(request), pk=pk)
        try:
            withdraw_sample(sample=sample)
        except SampleRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(SampleSerializer(described().get(pk=pk)).data)


class MerchantSamples(generics.ListAPIView[Sample]):
    """Requests for samples of the merchant's products, newest first."""

    permission_classes = [IsAuthenticated]
    serializer_class = SampleSerializer
    pagination_class = NewestRequestFirst
    queryset = Sample.objects.none()

    def get_queryset(self) -> QuerySet[Sample]:
        member = require_member(self.request, self.kwargs["merchant"], *DECIDING)
        return described().filter(merchant=member.merchant_id)


class MerchantSampleAnswer(APIView):
    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=SampleAnswerSerializer, responses=SampleSerializer)
    def post(self, request: Request, merchant: str, pk: int, answer: str) -> Response:
        """Send the sample, or decline the request. 409 if it was answered before, or can't be sent."""
        member = require_member(request, merchant, *DECIDING)
        sample = get_object_or_404(described(), merchant=member.merchant_id, pk=pk)
        reason = validate(SampleAnswerSerializer(data=request.data))["reason"]
        if answer == "decline" and not reason.strip():
            raise serializers.ValidationError({"reason": [_("Say why you decline it.")]})
        try:
            answer_request(sample=sample, user=member.user, approves=answer == "send", reason=reason)
        except SampleRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(SampleSerializer(described().get(pk=pk)).data)
