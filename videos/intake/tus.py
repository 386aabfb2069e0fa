"""Receiving a file in pieces over as many connections as it takes: the rules behind the tus endpoint.

The bytes lie in one file an upload, under `DATA_DIR/uploads`; its size is the offset. A lock on that file, which the
kernel drops with the process that holds it, keeps two connections from writing at once.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path

from django.conf import settings
from django.db import transaction

from creators.models import Creator
from videos.intake.disk import DiskFull, told_when_full
from videos.intake.originals import keep_original
from videos.intake.quota import UploadRefused, book_upload, check_announced
from videos.intake.storage import originals
from videos.models import Source, Upload
from videos.studio.drafts import NotEditable, attach_source, start_draft

LIFETIME = timedelta(hours=24)
CHUNK_BYTES = 1 << 16
SPARE_BYTES = 256 << 20
"""Space left alone on the disk, for the database and for what is being encoded."""

CHECKSUMS = ("sha1", "sha256")


class WrongOffset(Exception):
    """The piece does not begin where the file ends."""


class UploadBusy(Exception):
    """Another connection is writing to this upload."""


class UploadGone(Exception):
    """The upload was given up meanwhile."""


class ChecksumMismatch(Exception):
    """The piece came out different from what was sent; nothing of it was kept."""


class TooMuch(Exception):
    """The piece goes beyond the announced size; nothing of it was kept."""


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to."""

    algorithm: str
    digest: bytes


def start_upload(*, creator: Creator, clip_code: str, file_name: str, size_bytes: int, now: datetime) -> Upload:
    """Make room for a file. Raises UploadRefused, TooManyUploads, DiskFull."""
    check_announced(file_name=file_name, size_bytes=size_bytes)
    if shutil.disk_usage(_folder()).free < size_bytes + SPARE_BYTES:
        raise DiskFull
    with told_when_full(), transaction.atomic():
        upload = book_upload(
            creator=creator,
            clip_code=clip_code,
            file_name=file_name,
            size_bytes=size_bytes,
            now=now,
            lifetime=LIFETIME,
        )
        part_path(upload).touch()
    return upload


def part_path(upload: Upload) -> Path:
    return _folder() / f"{upload.code}{upload.suffix}"


def received_bytes(upload: Upload) -> int:
    """Return how much has arrived: the offset to go on from."""
    if upload.source_id is not None:
        return upload.size_bytes
    try:
        return part_path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def append(*, upload: Upload, offset: int, read: Callable[[int], bytes], checksum: Checksum | None = None) -> int:
    """Add a piece and return the new offset. A piece that breaks off is kept as far as it came.

    Raises UploadGone, WrongOffset, also when it is finished already, UploadBusy, TooMuch, ChecksumMismatch, DiskFull;
    then the file is as it was.
    """
    with told_when_full(), _locked(upload) as part:
        if not Upload.objects.unfinished().filter(pk=upload.pk).exists():
            part_path(upload).unlink(missing_ok=True)  # taking the lock made it anew
            raise WrongOffset
        start = part.seek(0, os.SEEK_END)
        if start != offset:
            raise WrongOffset
        hasher = hashlib.new(checksum.algorithm) if checksum else None
        try:
            for chunk in _pieces(read):
                if os.fstat(part.fileno()).st_nlink == 0:
                    raise UploadGone  # what came before counts; nothing more is taken
                if part.tell() + len(chunk) > upload.size_bytes:
                    raise TooMuch
                _write_all(part, chunk)
                if hasher:
                    hasher.update(chunk)
            os.fsync(part.fileno())
        except (TooMuch, OSError):
            part.truncate(start)
            raise
        if hasher and checksum and hasher.digest() != checksum.digest:
            part.truncate(start)
            raise ChecksumMismatch
        return part.tell()


def finish_upload(*, upload: Upload, now: datetime) -> Source:
    """Make a complete upload an original, and the file of its draft.

    Raises UploadRefused: then the upload is given up; UploadGone; UploadBusy or DiskFull: then it is finished later.
    """
    path = part_path(upload)
    with _locked(upload):
        found = Upload.objects.select_related("source").filter(pk=upload.pk, lost_bytes=None).first()
        if found is None:
            path.unlink(missing_ok=True)  # taking the lock made it anew
            raise UploadGone
        if found.source is not None:
            path.unlink(missing_ok=True)
            upload.source, upload.expires_at = found.source, found.expires_at
            return found.source
        if received_bytes(upload) != upload.size_bytes:
            raise UploadBusy  # a piece that failed its checksum was just taken back
        try:
            source = keep_original(
                creator=upload.creator, path=path, user_file_name=upload.user_file_name, now=now, key=upload.code
            )
            if upload.clip_code:
                attach_source(clip=start_draft(creator=upload.creator, code=upload.clip_code), source=source)
        except (UploadRefused, NotEditable) as refusal:
            give_up_upload(upload=upload, now=now)
            raise UploadRefused(str(refusal)) from refusal
        upload.finish(source=source, now=now)
        path.unlink(missing_ok=True)
    return source


def cancel_upload(*, upload: Upload, now: datetime) -> None:
    """Give an upload up at its creator's wish. Raises UploadBusy while it is being made an original."""
    if received_bytes(upload) < upload.size_bytes:
        give_up_upload(upload=upload, now=now)
    else:
        with _locked(upload):
            give_up_upload(upload=upload, now=now)


def give_up_upload(*, upload: Upload, now: datetime) -> None:
    """Throw the bytes of an upload away; how many had come counts towards its creator's day."""
    upload.give_up(arrived_bytes=received_bytes(upload), now=now)
    part_path(upload).unlink(missing_ok=True)  # last: who finds it anew asks the row


def sweep_uploads(*, now: datetime) -> None:
    """Finish what arrived whole while its connection was lost, give up what was abandoned, forget what is past."""
    for upload in Upload.objects.unfinished().filter(expires_at__gt=now):
        if received_bytes(upload) == upload.size_bytes:
            with suppress(UploadRefused, UploadGone, UploadBusy, DiskFull):
                finish_upload(upload=upload, now=now)
    for upload in Upload.objects.unfinished().filter(expires_at__lte=now):
        with suppress(UploadBusy):
            _remove_half_kept(upload)
            give_up_upload(upload=upload, now=now)
    for upload in Upload.objects.filter(expires_at__lte=now):
        with suppress(UploadBusy):
            _remove_half_kept(upload)
            part_path(upload).unlink(missing_ok=True)
            upload.delete()
    _remove_ownerless(now)


def _remove_half_kept(upload: Upload) -> None:
    """Remove an original whose process died after storing it and before recording it. Raises UploadBusy."""
    name = f"{upload.code}{upload.suffix}"
    with _locked(upload):
        if not Source.objects.filter(storage_name=name).exists():
            originals().delete(name)


def _remove_ownerless(now: datetime) -> None:
    """Remove files whose rows are gone otherwise: with their creator, or never committed."""
    for path in _folder().iterdir():
        with suppress(FileNotFoundError):  # another one ended meanwhile
            changed_at = path.stat().st_mtime
            if changed_at < (now - 2 * LIFETIME).timestamp() and not Upload.objects.filter(code=path.stem).exists():
                path.unlink()


@contextmanager
def _locked(upload: Upload) -> Iterator[FileIO]:
    """Hold the upload's file, unbuffered so that what was written is what is counted. Raises UploadBusy."""
    with FileIO(part_path(upload), "a+") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusy from error
        yield part


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield what the connection brings, until its end or until it breaks."""
    while True:
        try:
            chunk = read(CHUNK_BYTES)
        except OSError:  # Django's UnreadablePostError is one
            return
        if not chunk:
            return
        yield chunk


def _write_all(part: FileIO, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[part.write(left) :]


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
