"""Products as Google Merchant Center reads them: an item for each variant on sale.

Source: https://support.google.com/merchants/answer/7052112
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch

from catalog.descriptions import plain_description
from catalog.exports.chunks import product_chunks
from catalog.imports.values.text import comparable
from catalog.models import Category, Product, ProductImage, Variant
from catalog.prices import plain_decimal
from catalog.reductions import Reduction, find_reductions

COLUMNS = (
    *("id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price"),
    *("sale_price", "brand", "gtin", "identifier_exists", "item_group_id", "color", "size", "material", "pattern"),
    *("google_product_category", "product_type", "shipping_weight", "adult"),
)
MAX_ID_CHARS = 50
MAX_MORE_PICTURES = 10
PICTURE_PX = 1200
SLOTS: Mapping[str, frozenset[str]] = {
    "color": frozenset({"color", "colour", "farbe", "couleur", "colore", "kleur", "cor", "اللون", "لون", "צבע"}),
    "size": frozenset({"size", "größe", "taille", "taglia", "talla", "maat", "المقاس", "مقاس", "מידה"}),
    "material": frozenset({"material", "matériau", "materiale", "materiaal", "المادة", "חומר"}),
    "pattern": frozenset({"pattern", "muster", "motif", "motivo", "النقش", "דוגמה"}),
}
"""Google's attributes for what variants differ in, by the names that options have."""
FREE_SLOTS = ("size", "pattern", "material", "color")
"""For options with other names, in this order: a group's items must differ in one of the four."""


@dataclass(frozen=True)
class Section:
    """What a category says about its products."""

    path: str
    google_category: str
    is_age_restricted: bool


def google_items() -> Iterator[dict[str, list[str]]]:
    """Yield the values of each variant on sale here, by column. Columns without a value are missing."""
    variants = Prefetch("variants", Variant.objects.filter(is_active=True).in_order())
    images = Prefetch("images", ProductImage.objects.order_by("position", "pk"))
    products = Product.objects.on_sale().filter(outbound_url="").select_related("brand")
    for chunk in product_chunks(products.prefetch_related(variants, images)):
        sections = _find_sections()
        reductions = find_reductions(variant for product in chunk for variant in product.variants.all())
        for product in chunk:
            shared = _describe_product(product, sections[product.category_id])
            is_group = bool(product.option_names) or len(product.variants.all()) > 1
            for variant in product.variants.all():
                values = shared | _describe_variant(product, variant, reductions.get(variant.pk))
                if is_group:
                    values |= _describe_options(product, variant)
                yield {column: [text for text in values[column] if text] for column in COLUMNS if column in values}


def _find_sections() -> dict[int, Section]:
    categories = {category.pk: category for category in Category.objects.all()}
    return {pk: _describe_category(category, categories) for pk, category in categories.items()}


def _describe_category(category: Category, categories: Mapping[int, Category]) -> Section:
    """Return a category with what it takes from those above it: Google's category, if it has none of its own."""
    line = [category]
    while (parent_id := line[-1].parent_id) and categories[parent_id] not in line:
        line.append(categories[parent_id])
    google_category = next((above.google_category for above in line if above.google_category), "")
    path = " > ".join(above.name for above in reversed(line))
    return Section(path, google_category, category.is_age_restricted)


def _describe_product(product: Product, section: Section) -> dict[str, list[str]]:
    return {
        "title": [product.name],
        "description": [plain_description(product.description) or product.name],
        "brand": [product.brand.name],
        "google_product_category": [section.google_category],
        "product_type": [section.path],
        "adult": ["yes" if section.is_age_restricted else ""],
    }


def _describe_variant(product: Product, variant: Variant, reduction: Reduction | None) -> dict[str, list[str]]:
    """Return the values of a variant. Only a reduction that was proven is a sale."""
    address = f"{settings.SITE_URL}{product.get_absolute_url()}"
    before = reduction.crossed_out if reduction else None
    price = f"{plain_decimal(variant.price_minor, product.currency)} {product.currency}"
    pictures = _list_pictures(product, variant)
    return {
        "id": [item_id(variant)],
        "link": [f"{address}?variant={variant.pk}"],
        "image_link": pictures[:1],
        "additional_image_link": pictures[1 : MAX_MORE_PICTURES + 1],
        "availability": ["in_stock" if variant.sellable and product.is_for_sale else "out_of_stock"],
        "price": [f"{plain_decimal(before.amount_minor, product.currency)} {product.currency}" if before else price],
        "sale_price": [price if before else ""],
        "gtin": [variant.barcode],
        "identifier_exists": ["" if variant.barcode else "no"],
        "shipping_weight": [f"{variant.weight_g} g" if variant.weight_g else ""],
    }


def item_id(variant: Variant) -> str:
    """Return the SKU if it is short enough, or else an id that stays the same."""
    return variant.sku if 0 < len(variant.sku) <= MAX_ID_CHARS else f"variant-{variant.pk}"


def _list_pictures(product: Product, variant: Variant) -> list[str]:
    """Return the addresses of the variant's picture, and then of the product's others."""
    images = sorted(product.images.all(), key=lambda image: image.pk != variant.picture_id)
    return [f"{settings.SITE_URL}{image.address(PICTURE_PX, 'jpeg')}" for image in images]


def _describe_options(product: Product, variant: Variant) -> dict[str, list[str]]:
    slots = choose_slots(product.option_names)
    values = {slot: [value] for slot, value in zip(slots, variant.option_values, strict=False)}
    return values | {"item_group_id": [f"product-{product.pk}"]}


def choose_slots(names: Sequence[str]) -> list[str]:
    """Return Google's attribute for each of a product's options, of which there are at most three."""
    slots = [next((slot for slot, known in SLOTS.items() if comparable(name) in known), "") for name in names]
    slots = [slot if slot not in slots[:place] else "" for place, slot in enumerate(slots)]
    free = iter([slot for slot in FREE_SLOTS if slot not in slots])
    return [slot or next(free) for slot in slots]
