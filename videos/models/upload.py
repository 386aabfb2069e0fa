"""Uploads in progress, and recent uploads that still count towards their creator's quota."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from videos.models.source import Source

COUNTED_FOR = timedelta(days=1)
"""How long an upload counts towards its creator's quota after it was finished or abandoned."""


def new_upload_code() -> str:
    return secrets.token_hex(16)


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> Self:
        """Return uploads that have neither been finished nor abandoned."""
        return self.filter(source=None, lost_bytes=None)

    def arriving(self) -> Self:
        """Return uploads that come in pieces and of which bytes may be missing."""
        return self.unfinished().filter(has_arrived=False)

    def daily_usage(self, now: datetime) -> tuple[int, int]:
        """Return the number of files and the number of bytes that count towards the quota at `now`.

        An abandoned upload counts with the bytes that had arrived. Any other upload counts with its announced size.
        """
        counted = self.filter(Q(expires_at__gt=now) | Q(source=None, lost_bytes=None))
        sums = counted.aggregate(
            files=Count("pk"),
            bytes=Coalesce(Sum(Coalesce("lost_bytes", "size_bytes")), 0, output_field=models.BigIntegerField()),
        )
        return sums["files"], sums["bytes"]


class Upload(models.Model):
    """One file upload through the form or the API.

    The row is kept for a day after the upload ends, because it counts towards the quota. No column holds the number of
    bytes received so far: it is the size of the file on disk, or with an object store the sum of the parts.
    """

    code = models.CharField(max_length=32, unique=True, default=new_upload_code, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="uploads")
    clip_code = models.CharField(max_length=12, blank=True, help_text=_("The draft that the file belongs to."))
    user_file_name = models.CharField(max_length=255)
    suffix = models.CharField(max_length=8)
    size_bytes = models.PositiveBigIntegerField()
    source = models.ForeignKey(Source, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    lost_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("What had arrived when the upload was given up; empty otherwise.")
    )
    has_arrived = models.BooleanField(
        default=False, db_default=False, help_text=_("The whole file came with one request, which checks it now.")
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finishing_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Until then, a process that finishes the upload keeps others from doing so.")
    )

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

    def finish(self, *, source: Source, now: datetime) -> None:
        """Finish the upload, and record the source that was made from it."""
        self.source, self.expires_at = source, now + COUNTED_FOR
        Upload.objects.filter(pk=self.pk).update(source=source, expires_at=self.expires_at)

    def give_up(self, *, arrived_bytes: int, now: datetime) -> None:
        """Mark the upload as abandoned, or delete its row if no bytes have arrived."""
        active = Upload.objects.filter(pk=self.pk, lost_bytes=None)
        if arrived_bytes:
            active.update(lost_bytes=arrived_bytes, expires_at=now + COUNTED_FOR)
        else:
            active.filter(source=None).delete()


class UploadPart(models.Model):
    """Bytes of an unfinished upload that are in the object store. They follow those of the part before."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    starts_at_byte = models.PositiveBigIntegerField()
    size_bytes = models.PositiveIntegerField()
    storage_name = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("part of an upload")
        verbose_name_plural = _("parts of uploads")
        constraints = [
            models.UniqueConstraint(fields=["upload", "starts_at_byte"], name="videos_upload_part_once"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="videos_upload_part_has_bytes"),
        ]

    def __str__(self) -> str:
        return self.storage_name
