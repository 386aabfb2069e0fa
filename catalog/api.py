"""JSON API for products and categories."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.access import is_adult
from accounts.pagination import NewestFirst
from catalog.descriptions import plain_description, render_description
from catalog.imports.names import UNSORTED_SLUG
from catalog.merchants.seller_profile import SellerLinkSerializer
from catalog.models import Category, Merchant, Product, ProductQuerySet, Variant
from catalog.nearby import PlaceUnknown, filter_near, read_vicinity
from catalog.outbound import outbound_address
from catalog.prices import Price, PriceSerializer
from catalog.reductions import find_reductions
from catalog.serializers import ImageSerializer, VariantSerializer
from catalog.swatches import find_swatches


class ProductSerializer(serializers.ModelSerializer[Product]):
    """A product with its current price and stock. `price` is the lowest for which one of its variants can be bought."""

    name = serializers.CharField(source="local_name", help_text="In the language of the request.")
    brand = serializers.CharField(source="brand.name")
    category = serializers.CharField(source="category.slug")
    description = serializers.SerializerMethodField(help_text="Plain text.")
    price = serializers.SerializerMethodField()
    price_text = serializers.CharField(help_text="The price, or “from $19.99” if prices vary.")
    is_in_stock = serializers.BooleanField()
    images = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url")
    is_for_sale = serializers.BooleanField(help_text="False if this shop takes no orders and no other shop sells it.")
    is_outbound = serializers.BooleanField(help_text="True if another shop sells it; it cannot be bought here.")
    rating_average = serializers.FloatField(allow_null=True, help_text="Stars to one decimal; null without ratings.")
    outbound = serializers.SerializerMethodField(
        help_text="Signed link to the other shop, valid for two days; empty for products sold here."
    )

    class Meta:
        model = Product
        fields = [
            "slug",
            "name",
            "brand",
            "category",
            "description",
            "price",
            "prices_vary",
            "price_text",
            "is_in_stock",
            "stock",
            "images",
            "url",
            "rating_average",
            "rating_count",
            "is_for_sale",
            "is_outbound",
            "outbound",
        ]

    def get_description(self, product: Product) -> str:
        return plain_description(product.description)

    def get_outbound(self, product: Product) -> str:
        request = self.context.get("request")
        seen = request.query_params.get("seen", "") if request else ""
        return outbound_address(product.pk, seen=seen) if product.is_outbound else ""

    @extend_schema_field(PriceSerializer)
    def get_price(self, product: Product) -> dict[str, object]:
        return dict(PriceSerializer(Price(product.price_minor, product.currency)).data)

    @extend_schema_field(ImageSerializer(many=True))
    def get_images(self, product: Product) -> list[dict[str, object]]:
        by_position = sorted(product.images.all(), key=lambda image: image.position)
        return [dict(image) for image in ImageSerializer(by_position, many=True).data]


class ProductDetailSerializer(ProductSerializer):
    """A product with its variants on sale."""

    seller = SellerLinkSerializer(source="merchant", help_text="Who sells it here.")
    description_html = serializers.SerializerMethodField(help_text="Safe HTML of simple elements.")
    variants = serializers.SerializerMethodField()
    swatches = serializers.SerializerMethodField(help_text="Colours, such as “#2962c4”, by option value.")

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "seller", "description_html", "option_names", "variants", "swatches"]

    def get_description_html(self, product: Product) -> str:
        return render_description(product.description)

    @extend_schema_field(VariantSerializer(many=True))
    def get_variants(self, product: Product) -> list[dict[str, object]]:
        variants = product.variants.all()
        return list(VariantSerializer(variants, many=True, context={"reductions": find_reductions(variants)}).data)

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_swatches(self, product: Product) -> dict[str, str]:
        return find_swatches(value for variant in product.variants.all() for value in variant.option_values)


class CategorySerializer(serializers.ModelSerializer[Category]):
    name = serializers.CharField(source="local_name", help_text="In the language of the request.")
    parent_slug = serializers.CharField(source="parent.slug", default=None, allow_null=True)

    class Meta:
        model = Category
        fields = ["slug", "name", "parent_slug", "commission_rate_bps", "is_age_restricted"]


class ListedProductSerializer(ProductSerializer):
    """A product in a list."""

    distance_m = serializers.IntegerField(
        default=None, allow_null=True, help_text="To where it is picked up, if the list is for a place."
    )

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "distance_m"]


class ProductPagination(NewestFirst):
    """Newest first; near a place, the nearest first."""

    page_size = 24

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        is_near = "distance_m" in queryset.query.annotations
        return ("distance_m", "-pk") if is_near else super().get_ordering(request, queryset, view)

    def is_position(self, text: str) -> bool:
        if self.ordering[0] != "distance_m":
            return super().is_position(text)
        return text.isascii() and text.isdecimal() and len(text) < 10


def visible_products(user: object) -> ProductQuerySet:
    """Return all products on sale, without age-restricted ones unless the user is an adult."""
    return Product.objects.on_sale().suitable_for(is_adult=is_adult(user)).with_pictures()


@extend_schema(
    parameters=[
        OpenApiParameter(
            "q", str, description="Words that the product's name, brand or options must contain, or a SKU or barcode."
        ),
        OpenApiParameter("category", str, description="A category's slug; includes the categories below it."),
        OpenApiParameter("seller", str, description="The slug of a seller."),
        OpenApiParameter("near", str, description="A postcode or town. Only products that can be picked up near it."),
        OpenApiParameter("at", str, description="Latitude and longitude instead, such as “53.35,-6.26”. Not stored."),
        OpenApiParameter("radius", int, description="Kilometres from there: 25, or 1 to 100."),
    ]
)
class ProductList(generics.ListAPIView[Product]):
    """Products on sale, newest first; near a place, the nearest first."""

    serializer_class = ListedProductSerializer
    pagination_class = ProductPagination

    def get_queryset(self) -> QuerySet[Product]:
        products = visible_products(self.request.user)
        if words := self.request.query_params.get("q", "").strip():
            products = products.matching(words) | products.filter(
                pk__in=Variant.objects.with_code(words).values("product")
            )
        if slug := self.request.query_params.get("category"):
            products = products.filter(category__in=Category.objects.branches([slug]))
        if seller := self.request.query_params.get("seller"):
            products = products.filter(merchant__in=Merchant.objects.approved().filter(slug=seller))
        try:
            vicinity = read_vicinity(self.request.query_params)
        except PlaceUnknown as refusal:
            raise ValidationError({"near": [str(refusal)]}) from refusal
        return filter_near(products, vicinity.find_sellers()) if vicinity else products


@extend_schema(
    parameters=[OpenApiParameter("seen", str, description="Token of the clip in which the product was seen.")]
)
class ProductDetail(generics.RetrieveAPIView[Product]):
    """One product with its current price and stock, and its variants."""

    serializer_class = ProductDetailSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Product]:
        variants = Variant.objects.filter(is_active=True).select_related("picture").in_order()
        products = visible_products(self.request.user).select_related("merchant")
        return products.prefetch_related(Prefetch("variants", variants))


class CategoryList(generics.ListAPIView[Category]):
    """The category tree as a flat list. Age-restricted categories are included only for adults."""

    serializer_class = CategorySerializer
    queryset = Category.objects.select_related("parent").order_by("parent__position", "parent_id", "position", "pk")

    def get_queryset(self) -> QuerySet[Category]:
        categories = super().get_queryset().exclude(slug=UNSORTED_SLUG)
        return categories if is_adult(self.request.user) else categories.filter(is_age_restricted=False)
