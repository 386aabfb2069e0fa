"""Demo catalogue: categories, tax rates, brands, products, and photos that are drawn as they are needed."""

import io
from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image

from accounts.picture_rules import PictureRefused
from catalog.images import add_image
from catalog.models import (
    HOUSE_ID,
    Brand,
    Category,
    Merchant,
    Product,
    StockMovement,
    StockMovementKind,
    TaxClass,
    Variant,
)
from demo.datasets import CATEGORIES, PRODUCTS, TAX_RATES
from demo.drawing import draw_photos
from demo.progress import Progress
from demo.records import DemoProduct, DemoVariant
from shop.models import TaxRate

TAXED_FROM = date(2026, 1, 1)


def create_categories() -> None:
    """Create any missing categories. Existing ones are left unchanged."""
    for position, category in enumerate(CATEGORIES):
        values = {
            "name": category.name,
            "commission_rate_bps": category.commission_rate_bps,
            "parent": Category.objects.get(slug=category.parent) if category.parent else None,
            "position": position,
            "tax_class": _get_tax_class(category.tax_class),
        }
        Category.objects.get_or_create(slug=category.slug, defaults=values)


def create_tax_rates() -> None:
    """Create the tax rates, unless the shop has any."""
    if not TaxRate.objects.exists():
        TaxRate.objects.bulk_create(
            TaxRate(
                country_code=rate.country_code,
                region=rate.region,
                tax_class=_get_tax_class(rate.tax_class),
                rate_bps=rate.rate_bps,
                valid_from=TAXED_FROM,
            )
            for rate in TAX_RATES
        )


def _get_tax_class(name: str) -> TaxClass | None:
    return TaxClass.objects.get_or_create(name=name)[0] if name else None


def create_products(slugs: Collection[str], progress: Progress) -> None:
    """Create any of these products that are missing, with photos. Existing ones are left unchanged."""
    existing = set(Product.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    for product in PRODUCTS:
        if product.slug not in slugs:
            continue
        if product.slug not in existing:
            try:
                _create_product(product)
            except PictureRefused as refusal:
                progress.note(f"The product {product.slug} was not created: {refusal}")
        progress.advance(product.name)


def _create_product(product: DemoProduct) -> None:
    """Create a product and its photos in one transaction, so that no product lacks photos. Raises PictureRefused."""
    files = [to_png(photo) for photo in draw_photos(product)]
    with transaction.atomic():
        brand, _created = Brand.objects.get_or_create(slug=slugify(product.brand), defaults={"name": product.brand})
        merchant_id = Merchant.objects.filter(name=product.brand).values_list("pk", flat=True).first()
        row = Product.objects.create(
            slug=product.slug,
            name=product.name,
            brand=brand,
            category=Category.objects.get(slug=product.category),
            description=product.description,
            merchant_id=merchant_id or HOUSE_ID,
            price_minor=product.price_minor,
            currency="USD",
            stock=0 if product.variants else product.stock,
            outbound_url=product.outbound_url,
            option_names=list(product.option_names),
        )
        if product.variants:
            create_variants(row, product.variants)
        for file in files:
            add_image(product=row, file=file, alternative_text=f"{product.name} by {product.brand}")


def create_variants(product: Product, variants: Sequence[DemoVariant]) -> None:
    """Give a new product its variants. The one that every product begins with becomes the first of them."""
    first = product.variants.get()
    for position, given in enumerate(variants):
        variant = first if position == 0 else Variant(product=product)
        variant.position, variant.option_values = position, list(given.option_values)
        price_minor = given.price_minor or product.price_minor
        variant.price_minor = given.former_price_minor or price_minor
        variant.save()
        if given.former_price_minor:
            variant.price_minor, variant.compare_at_minor = price_minor, given.former_price_minor
            variant.save()
        if given.stock:
            open_stock(variant, given.stock)


def open_stock(variant: Variant, stock: int) -> None:
    """Set the stock of a new variant, with the movement that explains it."""
    Variant.objects.filter(pk=variant.pk).update(stock=stock)
    StockMovement.objects.create(
        product_id=variant.product_id,
        variant=variant,
        kind=StockMovementKind.OPENING,
        change=stock,
        stock_after=stock,
        created_at=timezone.now(),
    )


def to_png(picture: Image.Image) -> io.BytesIO:
    """Return the picture as a PNG file in memory."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file
