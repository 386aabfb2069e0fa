"""Pickup places in the API."""

from rest_framework import serializers

from catalog.models import PickupPlace


class PickupPlaceSerializer(serializers.ModelSerializer[PickupPlace]):
    """A place where shoppers pick up what they ordered. `map_url` opens the map application of a device."""

    map_url = serializers.CharField(read_only=True)

    class Meta:
        model = PickupPlace
        fields = ["id", "name", "address", "opening_hours", "latitude", "longitude", "map_url"]


class OwnPickupPlaceSerializer(PickupPlaceSerializer):
    """A merchant's place. Without coordinates, `postcode` says where it lies."""

    postcode = serializers.CharField(
        max_length=100, required=False, allow_blank=True, write_only=True, help_text="A postcode or a town."
    )

    class Meta(PickupPlaceSerializer.Meta):
        fields = [*PickupPlaceSerializer.Meta.fields, "is_offered", "postcode"]
        extra_kwargs = {"latitude": {"required": False}, "longitude": {"required": False}}
