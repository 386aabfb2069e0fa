"""Pictures that sources name, by their addresses. The rows that wait are the queue of what is to be fetched."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogue_source import SourcedProduct
from catalog.models.import_run import Import
from catalog.models.product_image import ProductImage
from catalog.public_web.addresses import MAX_ADDRESS_CHARS


class PictureState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    STORED = "stored", _("Stored")
    FAILED = "failed", _("Failed")


class SourcedPicture(models.Model):
    """A picture of a product at one address. With a digest but no image, staff removed it.

    `digest` is of the bytes as received. `run`, `row` and `part` are where the source named it last.
    """

    sourced = models.ForeignKey(SourcedProduct, on_delete=models.CASCADE, related_name="pictures")
    address = models.CharField(max_length=MAX_ADDRESS_CHARS)
    alternative_text = models.CharField(max_length=160, blank=True)
    place = models.PositiveSmallIntegerField()
    variants = models.JSONField(default=list, db_default=[], help_text="Ids of the variants that it shows.")
    state = models.CharField(max_length=7, choices=PictureState, default=PictureState.WAITING)
    failure = models.CharField(max_length=20, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=200, blank=True, db_default="")
    last_modified = models.CharField(max_length=200, blank=True, db_default="")
    digest = models.CharField(max_length=64, blank=True, db_default="")
    image = models.ForeignKey(ProductImage, on_delete=models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField()
    part = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sourced", "address"], name="catalog_sourced_picture_once")]
        indexes = [
            models.Index(fields=["next_try_at"], name="catalog_picture_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def is_removed(self) -> bool:
        """Return whether staff removed it after it was stored. Then it stays away."""
        return bool(self.digest) and self.image_id is None
