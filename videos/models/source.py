"""An uploaded file, and what was made of it."""

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Creator


def new_key() -> str:
    return secrets.token_hex(12)


class Source(models.Model):
    """One original. Kept in the `originals` storage, never served; what is served lies under `media_folder`.

    `outputs` is what the pipeline wrote, in the shape of `videos.pipeline.outputs.Outputs`; empty until something is playable.
    """

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="sources")
    storage_name = models.CharField(max_length=100, editable=False, db_index=True)
    user_file_name = models.CharField(
        _("file name"), max_length=255, help_text=_("As the creator called it; only shown.")
    )
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    outputs = models.JSONField(default=dict, blank=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")

    def __str__(self) -> str:
        return self.key

    @property
    def media_folder(self) -> str:
        return f"clips/{self.key}"

    @property
    def is_playable(self) -> bool:
        made: dict[str, Any] = self.outputs
        return bool(made.get("renditions"))
