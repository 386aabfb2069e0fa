"""The demo's catalogue: shelves, brands, products, and their pictures drawn on the spot."""

import io
from collections.abc import Callable, Collection

from django.utils.text import slugify
from PIL import Image

from catalog.images import add_image
from catalog.models import Brand, Category, Product
from demo.drawing import draw_pictures
from demo.goods import CATEGORIES, PRODUCTS
from demo.goods import Product as Goods

type Tick = Callable[[str], None]
"""Called with a few words for each thing that is finished."""

PICTURES = 3
"""Of each product."""


def put_up_shelves() -> None:
    """Add the categories that are not there yet."""
    for position, shelf in enumerate(CATEGORIES):
        values = {
            "name": shelf.name,
            "commission_rate_bps": shelf.commission_rate_bps,
            "parent": Category.objects.get(slug=shelf.parent) if shelf.parent else None,
            "position": position,
        }
        Category.objects.get_or_create(slug=shelf.slug, defaults=values)


def shelve(slugs: Collection[str], tick: Tick) -> None:
    """Add these products and those of their pictures that are not there yet."""
    for goods in PRODUCTS:
        if goods.slug in slugs:
            product = _stock(goods)
            count = product.images.count()
            for picture in draw_pictures(goods)[count:] if count < PICTURES else []:
                add_image(product=product, file=as_file(picture), alternative_text=f"{goods.name} by {goods.brand}")
            tick(goods.name)


def _stock(goods: Goods) -> Product:
    brand, _created = Brand.objects.get_or_create(slug=slugify(goods.brand), defaults={"name": goods.brand})
    values = {
        "name": goods.name,
        "brand": brand,
        "category": Category.objects.get(slug=goods.category),
        "description": goods.description,
        "price_minor": goods.price_minor,
        "currency": "USD",
        "stock": goods.stock,
        "outbound_url": goods.outbound_url,
    }
    product, _created = Product.objects.get_or_create(slug=goods.slug, defaults=values)
    return product


def as_file(picture: Image.Image) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file
