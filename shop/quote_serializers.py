"""Serializers for quotes and checkout."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_fields import BoundedList, BoundedListField
from accounts.keys import LARGEST_KEY, SLUG_LENGTH
from accounts.pasted_text import PastedEmailApiField
from catalog.merchants.pickup_serializers import PickupPlaceSerializer
from catalog.merchants.sellers import SellerSerializer
from catalog.prices import Price, PriceSerializer
from catalog.stock import MAX_QUANTITY
from shop.address_rules import ADDRESS_FIELDS, TYPED_LENGTHS, AddressInvalid, clean_address
from shop.delivery.offers import ShippingOffer
from shop.delivery.promises import word_promise
from shop.models import Address
from shop.models.bag import MAX_LINES
from shop.models.shipping import ShippingKind
from shop.quotes import Quote
from shop.serializers import KeptCardSerializer, RequestedItemSerializer, TaxSerializer, VariantField
from shop.templatetags.taxes import tax_name


class AddressSerializer(serializers.ModelSerializer[Address]):
    """An address. Which fields it needs depends on the country: see `/api/v1/address-fields/{country}/`."""

    class Meta:
        model = Address
        fields = list(ADDRESS_FIELDS)
        extra_kwargs = {
            "street": {"allow_blank": False},
            "country_code": {"min_length": 2},
            **{column: {"max_length": length} for column, length in TYPED_LENGTHS.items()},
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {**attrs, **clean_address(attrs)}
        except AddressInvalid as refusal:
            raise serializers.ValidationError({name: [text] for name, text in refusal.errors.items()}) from refusal


class SavedAddressSerializer(AddressSerializer):
    """An address in the user's address book."""

    lines = serializers.ListField(
        source="label_lines", child=serializers.CharField(), read_only=True, help_text="As its country writes them."
    )

    class Meta(AddressSerializer.Meta):
        fields = ["id", "label", "is_default", *ADDRESS_FIELDS, "lines"]
        read_only_fields = ["id"]


class AddressFieldSerializer(serializers.Serializer[Any]):
    """A field of a country's addresses."""

    column = serializers.CharField(help_text="Its name in an address.")
    label = serializers.CharField(help_text="In the language of the request.")  # type: ignore[assignment]  # a field
    is_required = serializers.BooleanField()
    choices = serializers.SerializerMethodField()
    example = serializers.CharField()

    @extend_schema_field(serializers.ListField(child=serializers.ListField(child=serializers.CharField())))
    def get_choices(self, field: Any) -> list[list[str]]:
        return [list(choice) for choice in field.choices]


class PurchaseSerializer(serializers.Serializer[None]):
    """What to buy: one `product` (“Buy now”) or several `lines`. Without either, the whole bag."""

    product = serializers.SlugField(max_length=SLUG_LENGTH, required=False, help_text="Buy only this product.")
    variant = VariantField()
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, default=1)
    seen = serializers.CharField(
        max_length=400, required=False, allow_blank=True, default="", help_text="The clip's `token` in the feed."
    )
    lines = BoundedList(child=RequestedItemSerializer(), required=False, max_length=MAX_LINES)
    address = AddressSerializer(required=False, help_text="Default: the default one of the saved addresses.")
    address_id = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_KEY,
        help_text="One of the saved addresses, instead of `address`.",
    )
    email = PastedEmailApiField(required=False, help_text="A guest's email address; ignored for signed-in users.")
    vat_number = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a business. Format and checksum count.",
    )
    shipping_option = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_KEY,
        allow_null=True,
        default=None,
        help_text="The id of one of the quote's `shipping_options`. Default: the cheapest delivery.",
    )
    pickup_places = BoundedListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        most=MAX_LINES,
        default=list,
        help_text="The ids of places of the quote's `pickup`, at most one for each seller. Default: all is sent.",
    )
    discount_code = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        default="",
        help_text="As the shopper typed it: case and spaces do not count.",
    )


class CheckoutSerializer(PurchaseSerializer):
    """What to buy, and the total that the shopper confirmed."""

    billing_address = AddressSerializer(required=False, help_text="If it is not the delivery address.")
    card_id = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_KEY,
        allow_null=True,
        default=None,
        help_text="One of the quote's `cards`, which is charged at once. Without it, the shopper pays at `next_url`.",
    )
    keep_card = serializers.BooleanField(
        default=False,
        help_text="The shopper asked to keep the card with which they pay now. Only for signed-in users.",
    )
    agrees_to_download = serializers.BooleanField(
        default=False,
        help_text="The shopper agreed that the download may begin at once, and ends their right of withdrawal.",
    )
    save_address = serializers.BooleanField(default=True, help_text="Save `address` for a signed-in user.")
    expected_total_minor = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_KEY,
        help_text="The total that the shopper saw. If the order costs something else, the answer is 409.",
    )
    expected_currency = serializers.CharField(
        max_length=3, required=False, help_text="The currency of that total. Required if it is not the shop's."
    )
    quote_id = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=16,
        help_text="Of the quote that the shopper saw. With it, the same total in other parts is refused, too.",
    )

    def validate_expected_currency(self, code: str) -> str:
        return code.upper()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"expected_currency": settings.CURRENCY, **attrs}


class QuoteLineSerializer(serializers.Serializer[Any]):
    """A variant at today's price. `problem` says why it cannot be bought, if so; it is then not in the total."""

    product = serializers.CharField(source="product.slug")
    variant = serializers.IntegerField(source="variant.pk")
    name = serializers.CharField(source="product.local_name")
    options = serializers.CharField(source="variant.options_text", help_text="Such as “Blue / M”, or empty.")
    quantity = serializers.IntegerField()
    stock = serializers.IntegerField(source="variant.sellable")
    unit_price = PriceSerializer()
    amount = PriceSerializer()
    problem = serializers.CharField(help_text="A sentence, or empty.")


class DestinationSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(source="label_lines", child=serializers.CharField())
    country_code = serializers.CharField()
    phone = serializers.CharField()


class TaxRowSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Such as “VAT 19%” or, if prices include it, “Includes VAT 19%”.")
    amount = PriceSerializer()


class ShippingOfferSerializer(serializers.Serializer[Any]):
    """A shipping option, what it costs for this order, and when the order should arrive."""

    id = serializers.IntegerField(source="option.pk")
    name = serializers.CharField(source="option.local_name")
    kind = serializers.ChoiceField(source="option.kind", choices=ShippingKind.choices)
    price = PriceSerializer(help_text="Before tax is taken out of it for a business in another country.")
    earliest_on = serializers.DateField()
    latest_on = serializers.DateField()
    promise = serializers.SerializerMethodField(help_text="The dates in a sentence.")
    is_chosen = serializers.SerializerMethodField()

    def get_promise(self, offer: ShippingOffer) -> str:
        return word_promise(offer.earliest_on, offer.latest_on, is_pickup=offer.is_pickup)

    def get_is_chosen(self, offer: ShippingOffer) -> bool:
        return bool(offer is self.context["chosen"])


class PickupOfferSerializer(serializers.Serializer[Any]):
    """The places of a seller at which the shopper can pick up what it sells of the order."""

    seller = SellerSerializer(source="merchant")
    places = PickupPlaceSerializer(many=True)
    chosen = serializers.IntegerField(
        source="chosen.pk", default=None, allow_null=True, help_text="Null if it is sent."
    )


class QuoteSerializer(serializers.Serializer[Any]):
    """What an order would cost now. Nothing is reserved."""

    quote_id = serializers.CharField(source="id", help_text="Changes with each price, the shipping and the tax.")
    lines = QuoteLineSerializer(many=True)
    goods = PriceSerializer(help_text="After the discount.")
    discount = PriceSerializer(help_text="What the discount code takes off the goods.")
    discount_code = serializers.CharField(source="discount_name", help_text="The code that counts, or empty.")
    discount_problem = serializers.CharField(help_text="Why the code that was sent takes nothing off, or empty.")
    shipping = PriceSerializer()
    tax = PriceSerializer(help_text="Contained in the prices if `prices_include_tax`, otherwise added to them.")
    taxes = TaxSerializer(source="charges.taxes", many=True)
    tax_rows = serializers.SerializerMethodField(help_text="The same in words.")
    prices_include_tax = serializers.BooleanField(source="charges.prices_include_tax")
    is_reverse_charged = serializers.BooleanField(source="charges.is_reverse_charged")
    total = PriceSerializer()
    shipping_options = serializers.SerializerMethodField(help_text="Deliveries first, the cheapest of them first.")
    shipping_problem = serializers.CharField(help_text="Why the order cannot be delivered there: a sentence, or empty.")
    pickup = PickupOfferSerializer(source="pickup_offers.offers", many=True, help_text="By seller; often empty.")
    needs_download_consent = serializers.BooleanField(help_text="Whether the order needs `agrees_to_download`.")
    is_buyable = serializers.BooleanField(help_text="Whether each line can be bought, and delivered.")
    destination = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField(help_text="What the order still needs: `address` or `email`.")
    payment_page_follows = serializers.SerializerMethodField(
        help_text="Whether the shopper pays on a page of the payment provider after ordering, without a kept card."
    )
    cards = serializers.SerializerMethodField(help_text="The kept cards that can be charged, the default one first.")
    can_keep_card = serializers.SerializerMethodField(help_text="Whether `keep_card` may be offered to this shopper.")

    @extend_schema_field(DestinationSerializer(allow_null=True))
    def get_destination(self, quote: Quote) -> dict[str, Any] | None:
        """Return where the order goes, or null if only the country of the shop could be assumed."""
        address = self.context.get("address")
        return dict(DestinationSerializer(address).data) if address else None

    @extend_schema_field(ShippingOfferSerializer(many=True))
    def get_shipping_options(self, quote: Quote) -> list[dict[str, Any]]:
        """Return the options to choose from. Empty where the shop has one fee for all orders."""
        offers = [offer for offer in quote.shipping_offers.offers if offer.option]
        return list(ShippingOfferSerializer(offers, many=True, context={"chosen": quote.shipping_offer}).data)

    @extend_schema_field(TaxRowSerializer(many=True))
    def get_tax_rows(self, quote: Quote) -> list[dict[str, Any]]:
        rows = []
        for tax in quote.charges.taxes:
            name = tax_name(tax.rate_bps, quote.charges.country_code)
            if quote.charges.prices_include_tax:
                name = _("Includes %(tax)s") % {"tax": name}
            rows.append({"name": name, "amount": Price(tax.tax_minor, quote.currency)})
        return list(TaxRowSerializer(rows, many=True).data)

    def get_missing(self, quote: Quote) -> list[str]:
        return list(self.context.get("missing", ()))

    def get_payment_page_follows(self, quote: Quote) -> bool:
        return bool(self.context.get("payment_page_follows", False))

    @extend_schema_field(KeptCardSerializer(many=True))
    def get_cards(self, quote: Quote) -> list[dict[str, Any]]:
        return list(KeptCardSerializer(self.context.get("cards", ()), many=True).data)

    def get_can_keep_card(self, quote: Quote) -> bool:
        return bool(self.context.get("can_keep_card", False))


class RefusedQuoteSerializer(serializers.Serializer[Any]):
    """Why an order was refused, and what it costs now."""

    detail = serializers.CharField()
    quote = QuoteSerializer(required=False)
