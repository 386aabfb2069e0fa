"""Product tags: where a clip shows its products."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from videos.models.photo import Photo
from videos.timecode import format_time

IS_SPAN = Q(photo=None, x=None, y=None, start_ms__isnull=False, end_ms__gt=F("start_ms"))
IS_PLACE = Q(photo__isnull=False, x__range=(0, 1), y__range=(0, 1), start_ms=None, end_ms=None)


class ProductTag(models.Model):
    """A product shown in a clip: in a film the span in which it is visible, in a photo post its place on a photo.

    `x` and `y` are parts of the photo's width and height, from its left and its top, in every language.
    """

    clip = models.ForeignKey("videos.Clip", on_delete=models.CASCADE, related_name="tags")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tags", verbose_name=_("product"))
    start_ms = models.PositiveIntegerField(_("from"), null=True, blank=True)
    end_ms = models.PositiveIntegerField(_("to"), null=True, blank=True)
    photo = models.ForeignKey(
        Photo,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tags",
        verbose_name=_("photo"),
        db_index=False,  # see the index below, which leaves out the tags of films
    )
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    approved_price_minor = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text=_("The price when the clip was approved.")
    )
    approved_name = models.CharField(max_length=500, blank=True, editable=False)
    approved_stock = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("product tag")
        verbose_name_plural = _("product tags")
        indexes = [
            models.Index(fields=["photo"], condition=Q(photo__isnull=False), name="videos_tag_of_photo"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clip", "product"], name="videos_tag_once_per_clip"),
            models.CheckConstraint(condition=IS_SPAN | IS_PLACE, name="videos_tag_span_or_place"),
        ]

    def __str__(self) -> str:
        if self.start_ms is None or self.end_ms is None:
            return str(self.product)
        return f"{self.product} {format_time(self.start_ms)}–{format_time(self.end_ms)}"
