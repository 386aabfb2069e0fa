"""JSON API with which merchants' own systems list products: text waits for review, prices and stock do not."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from catalog.digital_files import FileRefused, store_digital_file
from catalog.merchants.access import require_member
from catalog.merchants.listing_pages import LISTERS, find_product
from catalog.merchants.listing_search import list_products
from catalog.merchants.listing_serializers import (
    DigitalFileSerializer,
    ListedVariantSerializer,
    ListingBodySerializer,
    ListingSerializer,
    MovementSerializer,
    NewListingSerializer,
    NewVariantSerializer,
)
from catalog.merchants.listings import (
    ListingRefused,
    change_listing,
    create_listing,
    lock_product,
    save_variant,
    set_listed,
    set_pickup,
)
from catalog.models import MerchantMember, Product, Variant
from catalog.stock_movements import MovementRefused, move_stock


class ListingView(generics.GenericAPIView[Product]):
    """Base of the endpoints: for owners and managers of the merchant in the address. For others it is not found."""

    error_statuses = (404, 409)
    permission_classes = [IsAuthenticated]
    serializer_class = ListingSerializer
    pagination_class = NewestFirst
    throttle_scope = "write"
    queryset = Product.objects.none()

    def member(self) -> MerchantMember:
        return require_member(self.request, self.kwargs["merchant"], *LISTERS)

    def answer(self, product: Product, *, code: int = status.HTTP_200_OK) -> Response:
        rows = _with_parts(Product.objects.filter(pk=product.pk))
        return Response(ListingSerializer(rows.get()).data, status=code)


def _with_parts(products: QuerySet[Product]) -> QuerySet[Product]:
    return products.select_related("brand", "category").prefetch_related("variants", "listing_changes")


class ListingList(ListingView):
    """The merchant's products, newest first, also those that nobody else sees. POST sends a new one for review."""

    def get_queryset(self) -> QuerySet[Product]:
        words, chosen = self.request.query_params.get("q", ""), self.request.query_params.get("show", "")
        products = list_products(self.member().merchant, words=words.replace("\0", "").strip(), chosen=chosen)
        return _with_parts(products)

    @extend_schema(operation_id="merchants_products_list", responses=ListingSerializer(many=True))
    def get(self, request: Request, merchant: str) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ListingSerializer(page, many=True).data)

    @extend_schema(
        request=NewListingSerializer, responses={201: ListingSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, merchant: str) -> Response:
        member = self.member()
        body = NewListingSerializer(data=request.data, merchant=member.merchant)
        body.is_valid(raise_exception=True)
        variant = dict(body.validated_data["variant"])
        stock = variant.pop("stock")
        variant.pop("option_values", None)
        try:
            product = create_listing(
                merchant=member.merchant,
                values={"description": ""} | body.values,
                variant=variant,
                stock=stock,
                is_listed=body.validated_data.get("is_on_sale", True),
                sent_by=member.user,
                now=timezone.now(),
            )
        except ListingRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        if not body.validated_data.get("can_be_picked_up", True):
            set_pickup(product_id=product.pk, can_be_picked_up=False, now=timezone.now())
        return self.answer(product, code=status.HTTP_201_CREATED)


class ListingDetail(ListingView):
    """One product. PATCH changes what was sent: text is sent for review, on sale or not holds at once."""

    def get(self, request: Request, merchant: str, slug: str) -> Response:
        return self.answer(find_product(self.member(), slug))

    @extend_schema(request=ListingBodySerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    @transaction.atomic
    def patch(self, request: Request, merchant: str, slug: str) -> Response:
        member = self.member()
        product = find_product(member, slug)
        body = ListingBodySerializer(data=request.data, product=product, partial=True)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        if body.values:
            change_listing(product_id=product.pk, values=body.values, sent_by=member.user, now=now)
        if "is_on_sale" in body.validated_data:
            set_listed(product_id=product.pk, is_listed=body.validated_data["is_on_sale"], now=now)
        if "can_be_picked_up" in body.validated_data:
            can_be_picked_up = body.validated_data["can_be_picked_up"]
            set_pickup(product_id=product.pk, can_be_picked_up=can_be_picked_up, now=now)
        return self.answer(product)


class ListedVariantList(ListingView):
    """POST adds a variant. It goes on sale when its options are approved, or with its product."""

    @extend_schema(
        request=NewVariantSerializer, responses={201: ListingSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    @transaction.atomic
    def post(self, request: Request, merchant: str, slug: str) -> Response:
        member = self.member()
        product = lock_product(find_product(member, slug).pk)
        body = NewVariantSerializer(data=request.data, product=product)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        stock = values.pop("stock")
        _save(Variant(product=product, merchant_id=product.merchant_id), values, stock=stock, member=member)
        return self.answer(product, code=status.HTTP_201_CREATED)


class ListedVariantDetail(ListingView):
    """One variant. PATCH writes what was sent: price, SKU and the like at once, options after their review."""

    @extend_schema(request=ListedVariantSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    @transaction.atomic
    def patch(self, request: Request, merchant: str, slug: str, pk: int) -> Response:
        member = self.member()
        product = lock_product(find_product(member, slug).pk)
        variant = get_object_or_404(product.variants.select_related("product"), pk=pk)
        body = ListedVariantSerializer(variant, data=request.data, product=product, partial=True)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        if values.get("is_active") and not variant.is_reviewed:
            raise Conflict(_("This variant waits for review. It goes on sale when it is approved."))
        _save(variant, values, stock=0, member=member)
        return self.answer(product)


def _save(variant: Variant, values: dict[str, Any], *, stock: int, member: MerchantMember) -> None:
    """Raises Conflict if another request took the SKU or the options first."""
    for name, value in values.items():
        setattr(variant, name, value)
    try:
        save_variant(variant=variant, columns=list(values), stock=stock, sent_by=member.user, now=timezone.now())
    except ListingRefused as refusal:
        raise Conflict(str(refusal)) from refusal


class ListedFile(ListingView):
    """What the buyers of a variant download. PUT stores it, which makes the variant digital."""

    parser_classes = [MultiPartParser]

    @extend_schema(request=DigitalFileSerializer, responses=ListingSerializer)
    def put(self, request: Request, merchant: str, slug: str, pk: int) -> Response:
        member = self.member()
        product = find_product(member, slug)
        variant = get_object_or_404(product.variants, pk=pk)
        body = DigitalFileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        upload = body.validated_data["file"]
        try:
            store_digital_file(variant=variant, upload=upload, uploaded_by=member.user, now=timezone.now())
        except FileRefused as refusal:
            raise serializers.ValidationError({"file": [str(refusal)]}) from refusal
        return self.answer(product)


class ListedStock(ListingView):
    """POST records that units were received, recounted or corrected, and returns the product."""

    @extend_schema(request=MovementSerializer, responses={201: ListingSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, merchant: str, slug: str, pk: int) -> Response:
        member = self.member()
        product = find_product(member, slug)
        variant = get_object_or_404(product.variants, pk=pk)
        body = MovementSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            move_stock(variant_id=variant.pk, created_by=member.user, now=timezone.now(), **body.validated_data)
        except MovementRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return self.answer(product, code=status.HTTP_201_CREATED)
