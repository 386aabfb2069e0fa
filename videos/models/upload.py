"""A file on its way in."""

import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from videos.models.source import Source


def new_upload_code() -> str:
    return secrets.token_hex(16)


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> Self:
        return self.filter(source=None)


class Upload(models.Model):
    """One resumable upload (tus 1.0.0). How many bytes have arrived is the size of its file, and stands nowhere else."""

    code = models.CharField(max_length=32, unique=True, default=new_upload_code, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="uploads")
    clip_code = models.CharField(max_length=12, blank=True, help_text=_("The draft that the file is for."))
    user_file_name = models.CharField(max_length=255)
    suffix = models.CharField(max_length=8)
    size_bytes = models.PositiveBigIntegerField()
    source = models.ForeignKey(Source, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [
            models.Index(fields=["expires_at"], name="videos_upload_by_expiry"),
            models.Index(fields=["creator", "created_at"], name="videos_upload_of_creator"),
        ]

    def __str__(self) -> str:
        return self.code

    def is_expired_at(self, now: datetime) -> bool:
        return self.expires_at <= now
