"""Upload quotas: how many unfinished uploads, files per day and bytes per day a creator may have."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.pasted_text import visible_text
from creators.models import Creator
from creators.suspensions import refuse_suspended
from videos.intake.errors import FileTooLarge, QuotaExceeded, TooManyUnfinished, UploadRefused
from videos.media.policy import EXTENSIONS, SENTENCES, Refusal
from videos.models import Upload

MAX_UNFINISHED = 5
MAX_PER_DAY = 200
MAX_BYTES_PER_DAY = 20 << 30


def check_announced(*, size_bytes: int) -> None:
    """Check a file's announced size before reading its content. Raises UploadRefused, FileTooLarge."""
    if size_bytes == 0:
        raise UploadRefused(_(SENTENCES[Refusal.EMPTY]))
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise FileTooLarge(max_bytes=settings.UPLOAD_MAX_BYTES)


def reserve_upload(
    *,
    creator: Creator,
    file_name: str,
    size_bytes: int,
    now: datetime,
    lifetime: timedelta,
    clip_code: str = "",
    has_arrived: bool = False,
) -> Upload:
    """Create an upload and return it. It counts towards the creator's quota, even if it is never finished.

    The upload expires after `lifetime`. Set `has_arrived` if the server already has the whole file. The limit on
    unfinished uploads then does not apply. Raises QuotaExceeded, CreatorSuspended, and TooManyUnfinished if that is all
    that is wrong.
    """
    with transaction.atomic():
        lock_creator(creator)
        refuse_suspended(creator.pk)
        check_daily_quota(creator, size_bytes, now)
        if not has_arrived:
            check_unfinished(creator, now)
        suffix = Path(file_name).suffix.lower()
        return Upload.objects.create(
            creator=creator,
            clip_code=clip_code,
            user_file_name=visible_text(Path(file_name).name)[:255],
            suffix=suffix if suffix in EXTENSIONS else "",
            size_bytes=size_bytes,
            has_arrived=has_arrived,
            created_at=now,
            expires_at=now + lifetime,
        )


def lock_announcements() -> None:
    """Wait until no other transaction announces an upload, so that space on the disk is not promised twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('videos.intake.announcements'))")


def lock_creator(creator: Creator) -> None:
    """Lock the creator's row, so that concurrent uploads are counted one after the other."""
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)


def check_unfinished(creator: Creator, now: datetime) -> None:
    """Check that the creator has fewer than MAX_UNFINISHED unfinished uploads. Raises TooManyUnfinished."""
    if Upload.objects.filter(creator=creator, expires_at__gt=now).arriving().count() >= MAX_UNFINISHED:
        raise TooManyUnfinished


def check_daily_quota(creator: Creator, size_bytes: int, now: datetime) -> None:
    """Check that one more file of this size stays within the daily limits. Raises QuotaExceeded."""
    files, used_bytes = Upload.objects.filter(creator=creator).daily_usage(now)
    if files >= MAX_PER_DAY or used_bytes + size_bytes > MAX_BYTES_PER_DAY:
        raise QuotaExceeded(_("You've reached today's upload limit. Please continue tomorrow."))
