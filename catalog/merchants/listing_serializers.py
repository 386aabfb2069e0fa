"""What merchants' own systems read and send of products and variants."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_fields import BoundedListField
from accounts.keys import SLUG_LENGTH
from accounts.pasted_text import visible_text
from catalog.forms import require_fitting_names
from catalog.imports.names import UNSORTED_SLUG
from catalog.imports.values.barcodes import read_barcode
from catalog.merchants.listing_forms import find_waiting
from catalog.models import Category, Merchant, Product, StockMovementKind, Variant
from catalog.models.stock_movement import BY_STAFF
from catalog.models.variant import make_key
from catalog.money_fields import LARGEST_MINOR
from catalog.stock import LARGEST_STOCK, MAX_OPTIONS


@extend_schema_field({"type": "string", "maxLength": SLUG_LENGTH})
class CategoryField(serializers.SlugRelatedField[Category]):
    """A category by its slug."""


class ListedVariantSerializer(serializers.ModelSerializer[Variant]):
    """A variant of the merchant's own. Amounts are in minor units of the product's currency."""

    is_on_sale = serializers.BooleanField(source="is_active", required=False)

    class Meta:
        model = Variant
        fields = [
            *("id", "option_values", "sku", "price_minor", "compare_at_minor", "stock", "is_counted", "is_on_sale"),
            *("is_reviewed", "is_digital", "barcode", "weight_g"),
        ]
        read_only_fields = ["id", "stock", "is_reviewed", "is_digital"]
        extra_kwargs = {
            "price_minor": {"max_value": LARGEST_MINOR},
            "compare_at_minor": {"max_value": LARGEST_MINOR},
            "weight_g": {"max_value": LARGEST_MINOR},
        }
        validators: list[Any] = []

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._product = product

    @property
    def _own_id(self) -> int:
        return self.instance.pk if isinstance(self.instance, Variant) else 0

    def validate_sku(self, sku: str) -> str:
        key, product = make_key([sku]), self._product
        if sku and product is not None:
            holders = Variant.objects.filter(sku_key=key, merchant=product.merchant_id)
            if holder := holders.exclude(pk=self._own_id).select_related("product").first():
                raise serializers.ValidationError(
                    _("%(variant)s has this SKU already.") % {"variant": holder.full_name}
                )
        return sku

    def validate_barcode(self, text: str) -> str:
        barcode, _remark = read_barcode(text)
        if text and not barcode:
            raise serializers.ValidationError(_("This is not a barcode: a digit is wrong or missing."))
        return barcode

    def validate_option_values(self, values: list[str]) -> list[str]:
        """Refuse options that another variant has, or that lack a value."""
        values, product = [visible_text(value) for value in values], self._product
        if product is None or product.pk is None:
            return values
        change = find_waiting(product)
        names = change.values.get("option_names", product.option_names) if change else product.option_names
        if len(values) != len(names) or not all(values):
            raise serializers.ValidationError(_("Enter a value for each option."))
        others = product.variants.exclude(pk=self._own_id)
        if others.filter(options_key=make_key(values)).exists():
            raise serializers.ValidationError(_("Another variant of this product has these options."))
        return values


class NewVariantSerializer(ListedVariantSerializer):
    """A new variant, with the stock that it opens with."""

    stock = serializers.IntegerField(min_value=0, max_value=LARGEST_STOCK, required=False, default=0)

    class Meta(ListedVariantSerializer.Meta):
        read_only_fields = ["id", "is_reviewed", "is_digital"]


class ListingBodySerializer(serializers.Serializer[Any]):
    """What is reviewed of a product, and whether it is on sale or can be picked up, which takes no review."""

    name = serializers.CharField(max_length=500)
    brand = serializers.CharField(max_length=80, help_text="A name that is new here is added when it is approved.")
    category = CategoryField(
        slug_field="slug", queryset=Category.objects.exclude(slug=UNSORTED_SLUG), help_text="A category's slug."
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    option_names = BoundedListField(most=MAX_OPTIONS, child=serializers.CharField(max_length=255), required=False)
    is_on_sale = serializers.BooleanField(required=False)
    can_be_picked_up = serializers.BooleanField(required=False, help_text="Takes no review. True for new products.")

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._product = product

    def validate_name(self, name: str) -> str:
        return visible_text(name)

    def validate_brand(self, name: str) -> str:
        return visible_text(name)

    def validate_option_names(self, names: list[str]) -> list[str]:
        if len({make_key([name]) for name in names}) < len(names):
            raise serializers.ValidationError(_("Two options have the same name."))
        require_fitting_names(self._product or Product(), names)
        return names

    @property
    def values(self) -> dict[str, Any]:
        """Return what was sent, as listings take it."""
        names = ("name", "brand", "category", "description", "option_names")
        values = {name: self.validated_data[name] for name in names if name in self.validated_data}
        return values | ({"category": values["category"].pk} if "category" in values else {})


class NewListingSerializer(ListingBodySerializer):
    variant = NewVariantSerializer(help_text="Its first variant, which has no options yet.")

    def __init__(self, *args: Any, merchant: Merchant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variant"] = NewVariantSerializer(product=Product(merchant=merchant) if merchant else None)


class ListingSerializer(serializers.ModelSerializer[Product]):
    """A product of the merchant's own. Its text is what shoppers see; what waits for review is in `waiting`."""

    brand = serializers.CharField(source="brand.name")
    category = serializers.CharField(source="category.slug")
    is_listed = serializers.BooleanField(help_text="Whether the merchant put it on sale.")
    is_on_sale = serializers.BooleanField(source="is_active", help_text="Whether shoppers can buy it.")
    is_reviewed = serializers.BooleanField()
    waiting = serializers.SerializerMethodField(help_text="Fields that wait for review; null if nothing does.")
    declined_reason = serializers.SerializerMethodField(help_text="Why the last change was declined, or empty.")
    variants = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = [
            *("slug", "name", "brand", "category", "description", "option_names", "currency", "price_minor", "stock"),
            *("is_listed", "is_on_sale", "can_be_picked_up", "is_reviewed", "waiting", "declined_reason", "variants"),
        ]

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_waiting(self, product: Product) -> dict[str, Any] | None:
        latest = self._latest(product)
        return latest.values if latest is not None and latest.state == "in_review" else None

    def get_declined_reason(self, product: Product) -> str:
        latest = self._latest(product)
        return latest.reason if latest is not None else ""

    @extend_schema_field(ListedVariantSerializer(many=True))
    def get_variants(self, product: Product) -> list[dict[str, Any]]:
        variants = sorted(product.variants.all(), key=lambda variant: (variant.position, variant.pk))
        return [dict(row) for row in ListedVariantSerializer(variants, many=True).data]

    def _latest(self, product: Product) -> Any:
        return max(product.listing_changes.all(), key=lambda change: change.pk, default=None)


class DigitalFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=255, help_text="At most 25 MB: PDF, EPUB, ZIP, audio, video or a picture.")


class MovementSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in BY_STAFF])
    number = serializers.IntegerField(min_value=-LARGEST_STOCK, max_value=LARGEST_STOCK)
    reason = serializers.CharField(max_length=200)
    seen_stock = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_STOCK,
        help_text="The stock that was counted from. A recount is refused if it changed since.",
    )

    def validate_kind(self, kind: str) -> StockMovementKind:
        return StockMovementKind(kind)
