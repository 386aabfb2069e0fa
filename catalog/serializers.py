"""Serializers of a product's pictures and variants."""

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import ProductImage, Variant
from catalog.prices import PriceSerializer
from catalog.reductions import Reduction


class ImageSerializer(serializers.ModelSerializer[ProductImage]):
    """A picture in three widths, as WebP. For other formats, replace the extension with `.avif` or `.jpeg`."""

    sizes = serializers.SerializerMethodField()

    class Meta:
        model = ProductImage
        fields = ["alternative_text", "sizes"]

    def get_sizes(self, image: ProductImage) -> dict[str, str]:
        return {str(width): image.address(width) for width in ProductImage.WIDTHS_PX}


class VariantSerializer(serializers.ModelSerializer[Variant]):
    """What is bought: a product in one combination of its options."""

    options = serializers.ListField(
        source="option_values", child=serializers.CharField(), help_text="A value for each of the `option_names`."
    )
    price = PriceSerializer()
    is_in_stock = serializers.BooleanField()
    stock = serializers.IntegerField(source="sellable", help_text="How many can be bought now.")
    picture = serializers.SerializerMethodField(help_text="One of the product's pictures, or null.")
    compare_at = serializers.SerializerMethodField(
        help_text="What the seller says it cost before, or null. It may not be crossed out."
    )
    lowest_30_days = serializers.SerializerMethodField(
        help_text="With `compare_at`: the lowest price of the 30 days before the reduction."
    )
    reduction_percent = serializers.SerializerMethodField(
        help_text="How much lower than that the price is, rounded down. 0 if no percentage may be said."
    )
    crossed_out = serializers.SerializerMethodField(help_text="The earlier price that is crossed out, or null.")
    price_note = serializers.SerializerMethodField(help_text="The sentence beside the price, or empty.")

    class Meta:
        model = Variant
        fields = ["id", "sku", "options", "price", "compare_at", "lowest_30_days", "reduction_percent"]
        fields += ["crossed_out", "price_note", "is_in_stock", "stock", "barcode", "weight_g", "picture"]

    @extend_schema_field(PriceSerializer(allow_null=True))
    def get_compare_at(self, variant: Variant) -> dict[str, object] | None:
        reduction = self._find_reduction(variant)
        return dict(PriceSerializer(reduction.compare_at).data) if reduction else None

    @extend_schema_field(PriceSerializer(allow_null=True))
    def get_lowest_30_days(self, variant: Variant) -> dict[str, object] | None:
        reduction = self._find_reduction(variant)
        return dict(PriceSerializer(reduction.lowest).data) if reduction else None

    def get_reduction_percent(self, variant: Variant) -> int:
        reduction = self._find_reduction(variant)
        return reduction.percent if reduction else 0

    @extend_schema_field(PriceSerializer(allow_null=True))
    def get_crossed_out(self, variant: Variant) -> dict[str, object] | None:
        reduction = self._find_reduction(variant)
        return dict(PriceSerializer(reduction.crossed_out).data) if reduction and reduction.crossed_out else None

    def get_price_note(self, variant: Variant) -> str:
        reduction = self._find_reduction(variant)
        return reduction.note if reduction else ""

    @extend_schema_field(ImageSerializer(allow_null=True))
    def get_picture(self, variant: Variant) -> dict[str, object] | None:
        return dict(ImageSerializer(variant.picture).data) if variant.picture else None

    def _find_reduction(self, variant: Variant) -> Reduction | None:
        reductions: Mapping[int, Reduction] = self.context["reductions"]
        return reductions.get(variant.pk)
