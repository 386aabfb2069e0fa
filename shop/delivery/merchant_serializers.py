"""Serializers of what a merchant sees of orders and parcels."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidText
from django.utils import timezone
from rest_framework import serializers

from accounts.api_fields import BoundedList
from accounts.keys import LARGEST_KEY
from catalog.merchants.pickup_serializers import PickupPlaceSerializer
from catalog.prices import PriceSerializer
from catalog.stock import MAX_QUANTITY
from shop.delivery.merchant_orders import MerchantOrder, describe
from shop.delivery.serializers import ParcelLineSerializer
from shop.delivery.steps import Step
from shop.delivery.tracking import CARRIER_LENGTH, Tracking, read_carrier, read_number, read_url
from shop.models import Order, OrderLine, Parcel
from shop.models.bag import MAX_LINES


class MerchantLineSerializer(serializers.ModelSerializer[OrderLine]):
    """A line that the merchant sells. Its `id` names it when it is packed. Members who only pack read no prices."""

    product = serializers.CharField(source="product.slug")
    variant = serializers.IntegerField(source="variant_id")
    name = serializers.CharField(source="local_name", help_text="With the options.")
    unpacked_quantity = serializers.IntegerField(help_text="How many are paid, not refunded, and in no parcel.")
    unit_price = PriceSerializer(allow_null=True, help_text="Null for members who only pack.")
    amount = PriceSerializer(allow_null=True, help_text="Null for members who only pack.")

    class Meta:
        model = OrderLine
        fields = ["id", "product", "variant", "name", "quantity", "refunded_quantity", "unpacked_quantity"]
        fields += ["unit_price", "amount"]

    def to_representation(self, line: OrderLine) -> dict[str, Any]:
        shown = dict(super().to_representation(line))
        return shown if self.context.get("reads_prices") else shown | {"unit_price": None, "amount": None}


class MerchantParcelSerializer(serializers.ModelSerializer[Parcel]):
    lines = ParcelLineSerializer(many=True)

    class Meta:
        model = Parcel
        fields = ["id", "state", "lines", "carrier", "tracking_number", "tracking_url"]
        fields += ["packed_at", "ready_at", "sent_at", "delivered_at", "lost_at", "cancelled_at"]


class MerchantOrderSerializer(serializers.Serializer[Any]):
    """A paid order as its merchant sees it. The address is empty before and after it is needed."""

    code = serializers.CharField()
    placed_at = serializers.DateTimeField()
    shipping_name = serializers.CharField()
    is_pickup = serializers.BooleanField()
    pickup_place = PickupPlaceSerializer(allow_null=True)
    promised_from = serializers.DateField(allow_null=True)
    promised_by = serializers.DateField(allow_null=True)
    is_packable = serializers.BooleanField(help_text="False while nothing may be sent, as during a dispute.")
    lines = MerchantLineSerializer(many=True)
    parcels = MerchantParcelSerializer(many=True)
    address = serializers.ListField(child=serializers.CharField())
    phone = serializers.CharField()

    def to_representation(self, order: Order | MerchantOrder) -> dict[str, Any]:
        shown = describe(order, now=timezone.now()) if isinstance(order, Order) else order
        return dict(super().to_representation(shown))


class PackedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, help_text="The id of the line.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class PackedLinesSerializer(serializers.Serializer[Any]):
    lines = BoundedList(child=PackedLineSerializer(), allow_empty=False, max_length=MAX_LINES)


class StepSerializer(serializers.Serializer[Any]):
    """What a step asks for: who carries a parcel that is sent, and the shopper's code when it is picked up."""

    carrier = serializers.CharField(max_length=CARRIER_LENGTH, required=False, allow_blank=True, default="")
    tracking_number = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    tracking_url = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")

    @classmethod
    def read(cls, data: Any, step: Step) -> dict[str, Any]:
        """Return what `take_step` takes for this step. Raises REST framework's ValidationError."""
        if not (step.asks_tracking or step.asks_code):
            return {}
        body = cls(data=data)
        body.is_valid(raise_exception=True)
        if step.asks_code:
            return {"code": body.validated_data["code"]}
        checks = {"carrier": read_carrier, "tracking_number": read_number, "tracking_url": read_url}
        values, problems = {}, {}
        for name, check in checks.items():
            try:
                values[name] = check(body.validated_data[name])
            except InvalidText as error:
                problems[name] = error.messages
        if problems:
            raise serializers.ValidationError(problems)
        return {"tracking": Tracking(values["carrier"], values["tracking_number"], values["tracking_url"])}
