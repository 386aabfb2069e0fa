"""API about sellers: who they are and how to reach them. What they sell is at `/api/v1/products/?seller=`."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import is_adult
from catalog.merchants.seller_profile import read_profile
from shop.seller_page import find_seller, list_products, rate_seller


class SellerContactSerializer(serializers.Serializer[Any]):
    """How shoppers may reach the seller. What it has switched off is empty or false."""

    phone = serializers.CharField()
    email = serializers.CharField()
    takes_messages = serializers.BooleanField(help_text="Whether POST /messages/ is possible.")


class SellerLegalSerializer(serializers.Serializer[Any]):
    """Who the seller is by law."""

    legal_name = serializers.CharField()
    address = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    phone = serializers.CharField()
    email = serializers.CharField()
    vat_number = serializers.CharField()


class SellerDetailSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    about = serializers.CharField()
    place = serializers.CharField()
    shipping_note = serializers.CharField()
    return_note = serializers.CharField()
    rating_average = serializers.FloatField(allow_null=True, help_text="Of its products, to one decimal.")
    rating_count = serializers.IntegerField()
    product_count = serializers.IntegerField(help_text="On sale, for this viewer.")
    contact = SellerContactSerializer()
    legal = SellerLegalSerializer()


class SellerDetail(APIView):
    """One approved seller."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SellerDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        merchant = find_seller(slug)
        profile, products = read_profile(merchant), list_products(merchant, is_adult=is_adult(request.user))
        rating = rate_seller(products)
        body = {
            **{name: getattr(merchant, name) for name in ("slug", "about", "place", "shipping_note", "return_note")},
            "name": profile.name,
            "url": merchant.get_absolute_url(),
            "rating_average": rating.average,
            "rating_count": rating.count,
            "product_count": products.count(),
            "contact": {
                "phone": profile.phone if profile.can_be_called else "",
                "email": profile.email if profile.can_be_emailed else "",
                "takes_messages": profile.takes_messages,
            },
            "legal": profile,
        }
        return Response(SellerDetailSerializer(body).data)
