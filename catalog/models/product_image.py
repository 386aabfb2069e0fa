"""Pictures of products."""

from typing import Self

from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product


class ProductImageQuerySet(models.QuerySet["ProductImage"]):
    def waiting(self) -> Self:
        """Return pictures that nobody has reviewed yet. Pages do not show them."""
        return self.filter(is_reviewed=False)


class ReviewedImages(models.Manager["ProductImage"]):
    def get_queryset(self) -> models.QuerySet["ProductImage"]:
        return super().get_queryset().filter(is_reviewed=True)


class ProductImage(models.Model):
    """A product picture, re-encoded and stored in several sizes. The uploaded file is discarded.

    `objects` and `product.images` leave out those that are not reviewed. `with_waiting` has all.
    """

    WIDTHS_PX = (320, 640, 1200)

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    alternative_text = models.CharField(_("alternative text"), max_length=160)
    stem = models.CharField(max_length=120, unique=True, editable=False)
    width_px = models.PositiveIntegerField(editable=False)
    height_px = models.PositiveIntegerField(editable=False)
    is_reviewed = models.BooleanField(default=True, db_default=True, editable=False)

    objects = ReviewedImages()
    with_waiting = ProductImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("product image")
        verbose_name_plural = _("product images")
        indexes = [models.Index(fields=["product", "position"], name="catalog_image_of_product")]

    def __str__(self) -> str:
        return self.alternative_text

    def address(self, width_px: int, ending: str = "webp") -> str:
        """Return the public URL of the picture in one size and format.

        `width_px` is 320, 640 or 1200. `ending` is avif, webp or jpeg.
        """
        return default_storage.url(f"{self.stem}-{width_px}.{ending}")
