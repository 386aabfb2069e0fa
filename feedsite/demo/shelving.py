"""The demo's catalogue: shelves, brands, products, and their pictures drawn on the spot."""

import io
from collections.abc import Callable

from django.utils.text import slugify
from PIL import Image

from catalog.images import add_image
from catalog.models import Brand, Category, Product
from feedsite.demo.goods import CATEGORIES, PRODUCTS
from feedsite.demo.pictures import draw_pictures

type Tick = Callable[[str], None]
"""Called with a few words for each thing that is finished."""


def fill_shelves(tick: Tick) -> None:
    """Add the categories and products that are not there yet."""
    for position, shelf in enumerate(CATEGORIES):
        values = {
            "name": shelf.name,
            "commission_rate_bps": shelf.commission_rate_bps,
            "parent": Category.objects.get(slug=shelf.parent) if shelf.parent else None,
            "position": position,
        }
        Category.objects.get_or_create(slug=shelf.slug, defaults=values)
    for goods in PRODUCTS:
        brand, _created = Brand.objects.get_or_create(slug=slugify(goods.brand), defaults={"name": goods.brand})
        product, is_new = Product.objects.get_or_create(
            slug=goods.slug,
            defaults={
                "name": goods.name,
                "brand": brand,
                "category": Category.objects.get(slug=goods.category),
                "description": goods.description,
                "price_minor": goods.price_minor,
                "currency": "USD",
                "stock": goods.stock,
            },
        )
        if is_new or not product.images.exists():
            for picture in draw_pictures(goods):
                add_image(product=product, file=as_file(picture), alternative_text=f"{goods.name} by {goods.brand}")
        tick(goods.name)


def as_file(picture: Image.Image) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file
