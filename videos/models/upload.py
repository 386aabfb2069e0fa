"""A file on its way in."""

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
"""How long an upload counts towards what its creator may send, after it was finished or given up."""


def new_upload_code() -> str:
    return secrets.token_hex(16)


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> Self:
        """Those that may still become an original."""
        return self.filter(source=None, lost_bytes=None)

    def sum_of_day(self, now: datetime) -> tuple[int, int]:
        """Return how many files and bytes count: those under way as announced, those given up as far as they came."""
        counting = self.filter(Q(expires_at__gt=now) | Q(source=None, lost_bytes=None))
        sums = counting.aggregate(
            files=Count("pk"),
            bytes=Coalesce(Sum(Coalesce("lost_bytes", "size_bytes")), 0, output_field=models.BigIntegerField()),
        )
        return sums["files"], sums["bytes"]


class Upload(models.Model):
    """One file on its way in, through either door. It stays for a day after its end, to count towards the limits.

    How many bytes have arrived is the size of its file, and stands nowhere else while it is on its way.
    """

    code = models.CharField(max_length=32, unique=True, default=new_upload_code, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="uploads")
    clip_code = models.CharField(max_length=12, blank=True, help_text=_("The draft that the file is for."))
    user_file_name = models.CharField(max_length=255)
    suffix = models.CharField(max_length=8)
    size_bytes = models.PositiveBigIntegerField()
    source = models.ForeignKey(Source, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    lost_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("What had arrived when it was given up; empty while it is wanted.")
    )
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

    def finish(self, *, source: Source, now: datetime) -> None:
        self.source, self.expires_at = source, now + COUNTED_FOR
        Upload.objects.filter(pk=self.pk).update(source=source, expires_at=self.expires_at)

    def give_up(self, *, arrived_bytes: int, now: datetime) -> None:
        """End it for good. What never brought a byte is forgotten at once."""
        wanted = Upload.objects.filter(pk=self.pk, lost_bytes=None)
        if arrived_bytes:
            wanted.update(lost_bytes=arrived_bytes, expires_at=now + COUNTED_FOR)
        else:
            wanted.filter(source=None).delete()
