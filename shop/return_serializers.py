"""Serializers for returns."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_fields import BoundedList
from accounts.keys import SLUG_LENGTH
from catalog.prices import Price, PriceSerializer
from catalog.stock import MAX_QUANTITY
from shop.models import Refund, RefundLine
from shop.models.bag import MAX_LINES
from shop.return_form import LARGEST_REASON
from shop.returns import ReturnableLine
from shop.serializers import VariantField


class ReturnLineSerializer(serializers.Serializer[RefundLine]):
    """A variant of the order and how many units of it."""

    product = serializers.SlugField(source="order_line.product.slug", max_length=SLUG_LENGTH)
    variant = VariantField(source="order_line.variant_id", help_text="Needed if the order has several of the product.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class ReturnRequestSerializer(serializers.Serializer[None]):
    """What to return, and why."""

    lines = BoundedList(child=ReturnLineSerializer(), allow_empty=False, max_length=MAX_LINES)
    reason = serializers.CharField(max_length=LARGEST_REASON, required=False, allow_blank=True, default="")


class ReturnSerializer(serializers.ModelSerializer[Refund]):
    """A return, or another refund of the order. `amount` is 0 until a return is accepted, and contains `tax`."""

    lines = ReturnLineSerializer(many=True)
    reason = serializers.CharField(source="local_reason")
    amount = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()

    class Meta:
        model = Refund
        fields = ["state", "lines", "reason", "amount", "tax", "created_at"]

    @extend_schema_field(PriceSerializer)
    def get_amount(self, refund: Refund) -> dict[str, object]:
        return dict(PriceSerializer(Price(refund.amount_minor, refund.currency)).data)

    @extend_schema_field(PriceSerializer)
    def get_tax(self, refund: Refund) -> dict[str, object]:
        return dict(PriceSerializer(Price(refund.tax_minor, refund.currency)).data)


class ReturnableLineSerializer(serializers.Serializer[ReturnableLine]):
    """How many units of a line can be returned, and why no more if it is none."""

    product = serializers.CharField(source="line.product.slug")
    variant = serializers.IntegerField(source="line.variant_id")
    returnable_quantity = serializers.IntegerField(source="returnable")
    refusal = serializers.SerializerMethodField(help_text="In the language of the request; empty if units are left.")

    def get_refusal(self, line: ReturnableLine) -> str:
        return line.explain_refusal(1)


class OrderReturnsSerializer(serializers.Serializer[Any]):
    lines = ReturnableLineSerializer(many=True)
    returns = ReturnSerializer(many=True, help_text="Oldest first.")
