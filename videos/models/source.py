"""Source files: uploaded originals, and the files made from them."""

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from creators.models import Creator


def new_key() -> str:
    return secrets.token_hex(12)


class Source(models.Model):
    """One uploaded original and the files made from it.

    The original is in the `originals` storage and is never served. The files to serve are in `media_folder`. `outputs`
    is a `videos.pipeline.outputs.Outputs` as JSON. It is empty until a rendition is playable.
    """

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="sources")
    storage_name = models.CharField(max_length=100, editable=False, db_index=True)
    user_file_name = models.CharField(
        _("file name"), max_length=255, help_text=_("The file's name on the creator's device. Only for display.")
    )
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    outputs = models.JSONField(default=dict, blank=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    compared_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When its footage was compared with all other sources.")
    )

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes = [
            search_index("key", "user_file_name", name="videos_source_search"),
            models.Index(fields=["-id"], condition=models.Q(compared_at=None), name="videos_source_uncompared"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def media_folder(self) -> str:
        """Return the folder in the default storage that holds the files to serve."""
        return f"clips/{self.key}"

    @property
    def is_playable(self) -> bool:
        outputs: dict[str, Any] = self.outputs
        return bool(outputs.get("renditions"))


class FootageMatch(models.Model):
    """Two sources that show the same footage. `earlier` has the lower id."""

    earlier = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    later = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("footage match")
        verbose_name_plural = _("footage matches")
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="videos_footage_match_once"),
            models.CheckConstraint(
                condition=models.Q(earlier__lt=models.F("later")), name="videos_footage_match_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} {self.later_id}"
