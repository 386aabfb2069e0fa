"""Functions that add and remove product pictures."""

from functools import partial
from typing import IO

from django.db import transaction

from accounts.picture_rules import PictureRules, StoredPicture
from accounts.pictures import delete_picture, store_picture
from catalog.models import Product, ProductImage

RULES = PictureRules(folder="products", widths=ProductImage.WIDTHS_PX)


def add_image(*, product: Product, file: IO[bytes], alternative_text: str) -> ProductImage:
    """Re-encode an uploaded picture and append it to the product's pictures. Raises PictureRefused."""
    stored = store_picture(file, rules=RULES)
    return append_image(product=product, stored=stored, alternative_text=alternative_text)


def append_image(
    *, product: Product, stored: StoredPicture, alternative_text: str, is_reviewed: bool = True
) -> ProductImage:
    """Append a stored picture. One that is not reviewed is on no page."""
    images = ProductImage.with_waiting.filter(product=product)
    last = images.order_by("-position").values_list("position", flat=True).first()
    return ProductImage.with_waiting.create(
        product=product,
        position=0 if last is None else last + 1,
        alternative_text=alternative_text,
        stem=stored.stem,
        width_px=stored.width_px,
        height_px=stored.height_px,
        is_reviewed=is_reviewed,
    )


def remove_image(image: ProductImage) -> None:
    """Delete a picture's row. Its files are deleted after the transaction commits."""
    image.delete()
    transaction.on_commit(partial(delete_picture, image.stem, rules=RULES))
