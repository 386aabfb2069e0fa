"""The photos of a post."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Medium(models.TextChoices):
    """What a clip consists of."""

    FILM = "film", _("Film")
    PHOTOS = "photos", _("Photos")


class Photo(models.Model):
    """One picture of a photo post, re-encoded and stored in several sizes. The uploaded file is discarded.

    A photo without a position was taken out of the post, and is kept because a revision shows it. After an erasure it has
    no stem: its files are gone, and its hash tells whether somebody posts the same file again.
    """

    FOLDER = "photos"
    WIDTHS_PX = (320, 640, 1080, 1600)
    MAX_PER_POST = 10
    TEXT_LENGTH = 300

    clip = models.ForeignKey("videos.Clip", on_delete=models.CASCADE, related_name="photos", verbose_name=_("clip"))
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    alternative_text = models.CharField(_("alternative text"), max_length=TEXT_LENGTH, blank=True)
    stem = models.CharField(max_length=60, editable=False)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True, help_text=_("Of the uploaded file."))
    width_px = models.PositiveIntegerField(editable=False)
    height_px = models.PositiveIntegerField(editable=False)
    uploaded_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(fields=["clip", "sha256"], name="videos_photo_once_per_clip"),
            models.UniqueConstraint(
                fields=["clip", "position"], name="videos_photo_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["stem"], condition=~Q(stem=""), name="videos_photo_stem"),
        ]

    def __str__(self) -> str:
        return self.alternative_text or self.stem

    @property
    def number(self) -> int:
        """The photo's place in its post, from 1, as people see it."""
        return (self.position or 0) + 1

    def address(self, width_px: int, ending: str = "jpeg") -> str:
        """Return the URL of the photo in one of WIDTHS_PX, as avif or jpeg."""
        return photo_address(self.stem, width_px, ending)


def photo_address(stem: str, width_px: int, ending: str = "jpeg") -> str:
    """Return the URL of a stored photo in one of `Photo.WIDTHS_PX`, as avif or jpeg."""
    return f"{settings.MEDIA_URL}{stem}-{width_px}.{ending}"


def photo_srcset(stem: str, ending: str) -> str:
    """Return the value of the HTML attribute `srcset` for a stored photo."""
    return ", ".join(f"{photo_address(stem, width, ending)} {width}w" for width in Photo.WIDTHS_PX)
