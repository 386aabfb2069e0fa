"""Taking in an original: judged first, stored under a name of our own, never twice for one creator."""

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Creator
from videos.intake.confinement import require_sandbox
from videos.intake.disk import DiskFull, told_when_full
from videos.intake.quota import UploadRefused, book_upload, check_announced, wait_for_others_of
from videos.intake.storage import originals, upload_policy
from videos.media.policy import SENTENCES, MediaFailed, MediaRefused
from videos.media.probing import Probe, probe
from videos.media.sniffing import sniff
from videos.models import Job, JobKind, JobState, Source

JUDGED_WITHIN = timedelta(hours=1)
"""A file from a form that is neither taken nor refused by then was lost with its process."""


def store_upload(*, creator: Creator, upload: UploadedFile[bytes], now: datetime) -> Source:
    """Judge a file from a form and keep it as an original, its job queued. Raises UploadRefused, DiskFull."""
    name, size_bytes = upload.name or "", upload.size or 0
    check_announced(file_name=name, size_bytes=size_bytes)
    booked = book_upload(
        creator=creator, file_name=name, size_bytes=size_bytes, now=now, lifetime=JUDGED_WITHIN, has_arrived=True
    )
    try:
        with told_when_full(), _local_path(upload, Path(name).suffix.lower()) as path:
            source = keep_original(creator=creator, path=path, user_file_name=name, now=now, key=booked.code)
    except UploadRefused:
        booked.give_up(arrived_bytes=size_bytes, now=now)
        raise
    except DiskFull:
        booked.delete()  # its creator is asked to send it again
        raise
    booked.finish(source=source, now=now)
    return source


def keep_original(*, creator: Creator, path: Path, user_file_name: str, now: datetime, key: str = "") -> Source:
    """Keep the file at `path`, whose suffix is the upload's own, and queue the job that makes it playable.

    `key` is the stem of its name in the storage. Who gives one tries again with it after a crash, and so overwrites
    what the crash left.

    The same bytes from the same creator are the same source, so nothing is transcoded twice. Raises UploadRefused,
    DiskFull.
    """
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    if (existing := _find_kept(creator, sha256)) is not None:
        return existing
    found = _judge(path)
    width, height = found.display_size
    name = _keep_bytes(path, key or secrets.token_hex(16))
    with transaction.atomic():
        wait_for_others_of(creator)
        if (existing := _find_kept(creator, sha256)) is None:
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
    originals().delete(name)  # another connection brought the same file meanwhile
    return existing


def _find_kept(creator: Creator, sha256: str) -> Source | None:
    """Return what the creator sent before with these bytes, unless it could not be processed."""
    known = Source.objects.filter(creator=creator, sha256=sha256).exclude(
        jobs__in=Job.objects.filter(kind=JobKind.PLAYABLE, state=JobState.FAILED)
    )
    return known.order_by("pk").first()


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
    require_sandbox()
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
