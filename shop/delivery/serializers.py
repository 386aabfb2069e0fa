"""Serializers for parcels."""

from rest_framework import serializers

from catalog.merchants.sellers import SellerSerializer
from shop.models import Parcel, ParcelLine


class ParcelLineSerializer(serializers.ModelSerializer[ParcelLine]):
    product = serializers.CharField(source="order_line.product.slug")
    variant = serializers.IntegerField(source="order_line.variant_id")
    name = serializers.CharField(source="order_line.local_name")

    class Meta:
        model = ParcelLine
        fields = ["product", "variant", "name", "quantity"]


class ParcelSerializer(serializers.ModelSerializer[Parcel]):
    """A parcel of the order. Its number and link at the carrier are empty if it has none."""

    lines = ParcelLineSerializer(many=True)
    seller = SellerSerializer(source="merchant", help_text="Who sends it.")

    class Meta:
        model = Parcel
        fields = ["state", "seller", "lines", "carrier", "tracking_number", "tracking_url"]
        fields += ["packed_at", "sent_at", "delivered_at", "lost_at"]
