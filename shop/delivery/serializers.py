"""Serializers for parcels."""

from rest_framework import serializers

from catalog.merchants.pickup_serializers import PickupPlaceSerializer
from catalog.merchants.sellers import SellerSerializer
from shop.delivery.pickup_codes import pickup_code
from shop.models import Parcel, ParcelLine
from shop.states import ParcelState


class ParcelLineSerializer(serializers.ModelSerializer[ParcelLine]):
    product = serializers.CharField(source="order_line.product.slug")
    variant = serializers.IntegerField(source="order_line.variant_id")
    name = serializers.CharField(source="order_line.local_name")

    class Meta:
        model = ParcelLine
        fields = ["product", "variant", "name", "quantity"]


class ParcelSerializer(serializers.ModelSerializer[Parcel]):
    """A parcel of the order. Its number and link at the carrier are empty if it has none.

    While it is `ready` for pickup, it has the code that the shopper shows. What was picked up is `delivered`.
    """

    lines = ParcelLineSerializer(many=True)
    seller = SellerSerializer(source="merchant", help_text="Who sends it.")
    pickup_place = PickupPlaceSerializer(allow_null=True, help_text="Null if it is sent.")
    pickup_code = serializers.SerializerMethodField(help_text="Or empty.")

    class Meta:
        model = Parcel
        fields = ["state", "seller", "lines", "pickup_place", "pickup_code"]
        fields += ["carrier", "tracking_number", "tracking_url"]
        fields += ["packed_at", "ready_at", "sent_at", "delivered_at", "lost_at"]

    def get_pickup_code(self, parcel: Parcel) -> str:
        return pickup_code(parcel.pk) if parcel.state == ParcelState.READY else ""
