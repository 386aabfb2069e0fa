"""What one creator may send: uploads under way, files and bytes a day. Counted and written down under one lock."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Creator
from videos.media.policy import DEMUXER_BY_EXTENSION, SENTENCES, Refusal
from videos.models import Upload

MAX_UNFINISHED = 5
MAX_PER_DAY = 200
MAX_BYTES_PER_DAY = 20 << 30


class UploadRefused(Exception):
    """The file is not taken; the message is a sentence for the creator."""


class TooManyUploads(UploadRefused):
    """The creator has as many uploads as are allowed; the message says which limit."""


def check_announced(*, file_name: str, size_bytes: int) -> None:
    """Refuse by name and size alone, before any byte is read. Raises UploadRefused."""
    if Path(file_name).suffix.lower() not in DEMUXER_BY_EXTENSION:
        extensions = ", ".join(extension[1:] for extension in DEMUXER_BY_EXTENSION)
        raise UploadRefused(_(SENTENCES[Refusal.EXTENSION]) % {"extensions": extensions})
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(too_large_sentence())


def too_large_sentence() -> str:
    return _(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": settings.UPLOAD_MAX_BYTES // 1_000_000}


def book_upload(
    *,
    creator: Creator,
    file_name: str,
    size_bytes: int,
    now: datetime,
    lifetime: timedelta,
    clip_code: str = "",
    has_arrived: bool = False,
) -> Upload:
    """Count a file towards the creator's day from now on, whatever comes of it.

    `has_arrived`: its bytes are here, so it needs no place among those under way. Raises TooManyUploads.
    """
    with transaction.atomic():
        wait_for_others_of(creator)
        if not has_arrived:
            _check_under_way(creator, now)
        _check_day(creator, size_bytes, now)
        return Upload.objects.create(
            creator=creator,
            clip_code=clip_code,
            user_file_name=Path(file_name).name[:255],
            suffix=Path(file_name).suffix.lower(),
            size_bytes=size_bytes,
            created_at=now,
            expires_at=now + lifetime,
        )


def wait_for_others_of(creator: Creator) -> None:
    """Let no two of a creator's files be written down at the same moment, each unseen by the other."""
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)


def _check_under_way(creator: Creator, now: datetime) -> None:
    if Upload.objects.filter(creator=creator, expires_at__gt=now).unfinished().count() >= MAX_UNFINISHED:
        raise TooManyUploads(_("You have several unfinished uploads. Finish or cancel one of them first."))


def _check_day(creator: Creator, size_bytes: int, now: datetime) -> None:
    files, sent_bytes = Upload.objects.filter(creator=creator).sum_of_day(now)
    if files >= MAX_PER_DAY or sent_bytes + size_bytes > MAX_BYTES_PER_DAY:
        raise TooManyUploads(_("You have sent as many files as are taken in a day. Please go on tomorrow."))
