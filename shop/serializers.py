"""Serializers for bags, orders and checkout."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.keys import LARGEST_KEY, SLUG_LENGTH
from catalog.merchants.pickup_serializers import PickupPlaceSerializer
from catalog.merchants.seller_profile import SellerLinkSerializer
from catalog.prices import Price, PriceSerializer
from catalog.stock import MAX_QUANTITY
from shop.delivery.serializers import ParcelSerializer
from shop.models import BagLine, Download, Invoice, InvoiceKind, KeptCard, Order, OrderLine
from shop.order_links import knows_order_email, mask_email

VARIANT_HELP = "The id of one of the product's variants. Needed if several are on sale."


class VariantField(serializers.IntegerField):
    """The id of a variant, or null for a product with one."""

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_KEY, "allow_null": True, "default": None}
        super().__init__(**(options | {"help_text": VARIANT_HELP} | kwargs))


class RequestedItemSerializer(serializers.Serializer[None]):
    """A product and a quantity. `seen` is the token of the clip from which the product was opened, if any."""

    product = serializers.SlugField(max_length=SLUG_LENGTH)
    variant = VariantField()
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, default=1)
    seen = serializers.CharField(
        max_length=400, required=False, allow_blank=True, default="", help_text="The clip's `token` in the feed."
    )


class BagChangeSerializer(RequestedItemSerializer):
    """A variant's new quantity in the bag. 0 removes it."""

    quantity = serializers.IntegerField(min_value=0, max_value=MAX_QUANTITY)


class BagLineSerializer(serializers.ModelSerializer[BagLine]):
    product = serializers.CharField(source="variant.product.slug")
    variant = serializers.IntegerField(source="variant_id")
    name = serializers.CharField(source="variant.product.local_name")
    options = serializers.CharField(source="variant.options_text", help_text="Such as “Blue / M”, or empty.")
    seller = SellerLinkSerializer(source="variant.product.merchant")
    clip = serializers.CharField(source="clip.code", default="")
    unit_price = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField()
    is_available = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField(help_text="Why it cannot be bought: a sentence, or empty.")

    class Meta:
        model = BagLine
        fields = [
            "product",
            "variant",
            "name",
            "options",
            "seller",
            "quantity",
            "merged_quantity",
            "clip",
            "unit_price",
            "amount",
        ]
        fields += ["is_available", "problem"]

    def get_is_available(self, line: BagLine) -> bool:
        return not self.get_problem(line)

    def get_problem(self, line: BagLine) -> str:
        return str(self.context["problems"][line.pk])

    @extend_schema_field(PriceSerializer)
    def get_unit_price(self, line: BagLine) -> dict[str, object]:
        return dict(PriceSerializer(line.variant.price).data)

    @extend_schema_field(PriceSerializer)
    def get_amount(self, line: BagLine) -> dict[str, object]:
        return dict(PriceSerializer(Price(line.amount_minor, line.variant.product.currency)).data)


class BagSerializer(serializers.Serializer[Any]):
    lines = BagLineSerializer(many=True)
    count = serializers.IntegerField(help_text="The total quantity.")


class TaxSerializer(serializers.Serializer[Any]):
    """The tax at one rate, and the amount without tax on which it is due, in the currency of the order or refund."""

    rate_bps = serializers.IntegerField(allow_null=True, help_text="In basis points: 1900 is 19 %. Null if unknown.")
    net_minor = serializers.IntegerField(help_text="In minor units.")
    tax_minor = serializers.IntegerField(help_text="In minor units.")


class DownloadSerializer(serializers.ModelSerializer[Download]):
    """The file of a line: the page with it, and how often and until when it can be downloaded."""

    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Download
        fields = ["url", "left", "expires_at"]


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    product = serializers.CharField(source="product.slug")
    variant = serializers.IntegerField(source="variant_id")
    name = serializers.CharField(source="local_name", help_text="With the options.")
    seller = SellerLinkSerializer(source="merchant", help_text="Whose parcels bring it, and who takes it back.")
    download = DownloadSerializer(default=None, allow_null=True, help_text="Of a digital line that is paid, or null.")
    pickup_place = PickupPlaceSerializer(allow_null=True, help_text="Where it is picked up. Null if it is sent.")
    clip = serializers.CharField(source="clip.code", default="")
    unit_price = PriceSerializer()
    amount = PriceSerializer()
    tax = PriceSerializer(help_text="Contained in `amount` if the order's `prices_include_tax`.")

    class Meta:
        model = OrderLine
        fields = [
            "product",
            "variant",
            "name",
            "seller",
            "pickup_place",
            "download",
            "quantity",
            "refunded_quantity",
            "clip",
            "unit_price",
            "amount",
        ]
        fields += ["tax_rate_bps", "tax"]


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice, or a credit note for a refund. `url` is its PDF."""

    kind = serializers.ChoiceField(choices=InvoiceKind.choices)
    seller = serializers.CharField(source="seller_name", help_text="Empty for the shop itself.")
    total = PriceSerializer()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Invoice
        fields = ["number", "kind", "seller", "issued_at", "total", "url"]


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order. To a `shopper` who has its link alone, its email address is masked, and addresses and invoices are left out."""

    lines = OrderLineSerializer(many=True)
    parcels = ParcelSerializer(many=True, source="list_parcels", help_text="Oldest first.")
    goods = PriceSerializer(help_text="After the discount.")
    discount = PriceSerializer()
    discount_code = serializers.CharField(source="discount_name", help_text="Or empty.")
    shipping = PriceSerializer()
    tax = PriceSerializer(help_text="Contained in goods and shipping if `prices_include_tax`, otherwise added to them.")
    taxes = TaxSerializer(many=True)
    total = PriceSerializer()
    refunded = PriceSerializer()
    address = serializers.ListField(source="label_lines", child=serializers.CharField())
    billing_address = serializers.ListField(source="billing_lines", child=serializers.CharField())
    url = serializers.CharField(source="get_absolute_url")
    invoices = InvoiceSerializer(many=True)

    class Meta:
        model = Order
        fields = [
            "code",
            "state",
            "lines",
            "parcels",
            "goods",
            "discount",
            "discount_code",
            "shipping",
            "shipping_name",
            "is_pickup",
            "promised_from",
            "promised_by",
            "tax",
            "taxes",
            "prices_include_tax",
            "is_reverse_charged",
            "vat_number",
            "total",
            "refunded",
            "email",
            "address",
            "billing_address",
            "placed_at",
            "paid_at",
            "url",
            "invoices",
        ]

    def to_representation(self, order: Order) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(order)
        if knows_order_email(self.context["shopper"], order):
            return data
        hidden = {
            "email": mask_email(order.email),
            "address": [],
            "billing_address": [],
            "vat_number": "",
            "invoices": [],
        }
        return data | hidden


class KeptCardSerializer(serializers.ModelSerializer[KeptCard]):
    """A card that the user keeps at the payment provider. Its number is not known here."""

    label = serializers.CharField(read_only=True, help_text="“Visa •••• 4242”.")  # type: ignore[assignment]  # a field
    is_default = serializers.BooleanField(help_text="Offered first. Only true can be sent.")

    class Meta:
        model = KeptCard
        fields = ["id", "label", "brand", "wallet", "last_four", "expiry_month", "expiry_year", "is_default", "kept_at"]
        read_only_fields = [name for name in fields if name != "is_default"]


class CheckoutResultSerializer(OrderSerializer):
    """The placed order. While it is waiting for payment, the shopper pays at `next_url`, or confirms the payment there."""

    next_url = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField(
        help_text="What is done at `next_url`: `payment`, or `confirmation` at the bank; else empty."
    )

    class Meta(OrderSerializer.Meta):
        fields = [*OrderSerializer.Meta.fields, "next_url", "next_step"]

    def get_next_url(self, order: Order) -> str:
        return str(self.context["outcome"].next_url)

    def get_next_step(self, order: Order) -> str:
        outcome = self.context["outcome"]
        if not outcome.next_url:
            return ""
        return "confirmation" if outcome.is_confirmation else "payment"


class CardRefusedSerializer(serializers.Serializer[Any]):
    """Why an order was placed but not paid. After a kept card was declined, the shopper can pay at `next_url`."""

    detail = serializers.CharField()
    code = serializers.CharField(required=False, help_text="Of the order.")
    url = serializers.CharField(required=False, help_text="The page of the order.")
    next_url = serializers.CharField(required=False, help_text="Where to pay in another way, or empty.")
