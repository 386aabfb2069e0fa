"""Demo catalogue: categories, tax rates, brands, products, and photos that are drawn as they are needed."""

import io
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.text import slugify
from PIL import Image

from accounts.picture_rules import PictureRefused
from catalog.images import add_image
from catalog.models import Brand, Category, Product, TaxClass
from demo.datasets import CATEGORIES, PRODUCTS, TAX_RATES
from demo.drawing import draw_photos
from demo.progress import Progress
from demo.records import DemoProduct
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
        row = Product.objects.create(
            slug=product.slug,
            name=product.name,
            brand=brand,
            category=Category.objects.get(slug=product.category),
            description=product.description,
            price_minor=product.price_minor,
            currency="USD",
            stock=product.stock,
            outbound_url=product.outbound_url,
        )
        for file in files:
            add_image(product=row, file=file, alternative_text=f"{product.name} by {product.brand}")


def to_png(picture: Image.Image) -> io.BytesIO:
    """Return the picture as a PNG file in memory."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file
