"""Taking in an original: judged first, stored under a name of our own, never twice for one creator."""

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from creators.models import Creator
from videos.media.policy import DEMUXER_BY_EXTENSION, SENTENCES, MediaFailed, MediaRefused, Refusal
from videos.media.probing import Probe, probe
from videos.media.sniffing import sniff
from videos.models import Job, JobKind, JobState, Source, Upload
from videos.originals import originals, upload_policy
from videos.room import DiskFull, told_when_full

MAX_PER_DAY = 200
MAX_BYTES_PER_DAY = 20 << 30


class UploadRefused(Exception):
    """The file is not taken; the message is a sentence for the creator."""


class TooManyUploads(UploadRefused):
    """The creator has as many uploads as are allowed; the message says which limit."""


def store_upload(*, creator: Creator, upload: UploadedFile[bytes], now: datetime) -> Source:
    """Judge a file from a form and keep it as an original, its job queued. Raises UploadRefused, DiskFull."""
    name = upload.name or ""
    check_announced(file_name=name, size_bytes=upload.size or 0)
    check_day(creator=creator, size_bytes=upload.size or 0, now=now)
    with told_when_full(), _local_path(upload, Path(name).suffix.lower()) as path:
        return keep_original(creator=creator, path=path, user_file_name=name, now=now)


def check_announced(*, file_name: str, size_bytes: int) -> None:
    """Refuse by name and size alone, before any byte is read. Raises UploadRefused."""
    if Path(file_name).suffix.lower() not in DEMUXER_BY_EXTENSION:
        extensions = ", ".join(extension[1:] for extension in DEMUXER_BY_EXTENSION)
        raise UploadRefused(_(SENTENCES[Refusal.EXTENSION]) % {"extensions": extensions})
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(too_large_sentence())


def check_day(*, creator: Creator, size_bytes: int, now: datetime) -> None:
    """Refuse beyond what one creator may send in a day, whole files and those under way. Raises TooManyUploads."""
    kept = Source.objects.filter(creator=creator, uploaded_at__gt=now - timedelta(days=1))
    begun = Upload.objects.filter(creator=creator).unfinished().filter(expires_at__gt=now)
    sums = [rows.aggregate(files=Count("pk"), bytes=Coalesce(Sum("size_bytes"), 0)) for rows in (kept, begun)]
    if (
        sum(one["files"] for one in sums) >= MAX_PER_DAY
        or sum(one["bytes"] for one in sums) + size_bytes > MAX_BYTES_PER_DAY
    ):
        raise TooManyUploads(_("You have sent as many files as are taken in a day. Please go on tomorrow."))


def too_large_sentence() -> str:
    return _(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": settings.UPLOAD_MAX_BYTES // 1_000_000}


def keep_original(*, creator: Creator, path: Path, user_file_name: str, now: datetime, key: str = "") -> Source:
    """Keep the file at `path`, whose suffix is the upload's own, and queue the job that makes it playable.

    `key` is the stem of its name in the storage. Who gives one tries again with it after a crash, and so overwrites
    what the crash left.

    The same bytes from the same creator are the same source, so nothing is transcoded twice. Raises UploadRefused,
    DiskFull.
    """
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    known = Source.objects.filter(creator=creator, sha256=sha256).exclude(
        jobs__in=Job.objects.filter(kind=JobKind.PLAYABLE, state=JobState.FAILED)
    )
    if (existing := known.order_by("pk").first()) is not None:
        return existing
    found = _judge(path)
    width, height = found.display_size
    name = _keep_bytes(path, key or secrets.token_hex(16))
    with transaction.atomic():
        source = Source.objects.create(
            creator=creator,
            storage_name=name,
            user_file_name=Path(user_file_name).name[:255],
            size_bytes=path.stat().st_size,
            sha256=sha256,
            duration_ms=found.duration_ms,
            width_px=round(width),
            height_px=round(height),
        )
        Job.objects.create(source=source, queued_at=now)
    return source


def _keep_bytes(path: Path, key: str) -> str:
    """Copy a file into the storage of originals and return its name there. Raises DiskFull: then nothing is left."""
    name = f"{key}{path.suffix.lower()}"
    originals().delete(name)
    try:
        with told_when_full(), path.open("rb") as opened:
            return originals().save(name, File(opened))
    except DiskFull:
        originals().delete(name)
        raise


def _judge(path: Path) -> Probe:
    policy = upload_policy()
    try:
        return probe(path, sniff(path, policy), policy)
    except MediaRefused as refusal:
        raise UploadRefused(_(SENTENCES[refusal.code]) % refusal.parameters) from refusal
    except MediaFailed as failure:
        raise UploadRefused(_("The file could not be looked at just now. Please send it again.")) from failure


@contextmanager
def _local_path(upload: UploadedFile[bytes], suffix: str) -> Iterator[Path]:
    """Lend the upload as a file with its own suffix; large ones lie on the disk already."""
    if hasattr(upload, "temporary_file_path") and (path := Path(upload.temporary_file_path())).suffix.lower() == suffix:
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
