"""Resumable uploads, which arrive in chunks over several connections. The tus endpoint calls this module.

Each upload has one file in `DATA_DIR/uploads`. The file's size is the upload's offset. A lock on the file prevents two
connections from writing at once. The kernel releases the lock when the process that holds it ends.
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
from videos.intake.disk import raise_disk_full
from videos.intake.errors import (
    ChecksumMismatch,
    ChunkTooLong,
    DiskFull,
    UploadBusy,
    UploadGone,
    UploadRefused,
    WrongOffset,
)
from videos.intake.originals import accept_upload
from videos.intake.quota import check_announced, reserve_upload
from videos.intake.storage import originals
from videos.models import Source, Upload

LIFETIME = timedelta(hours=24)
CHUNK_BYTES = 1 << 16
SPARE_BYTES = 256 << 20
"""Space left free on the disk for the database and running encodes."""

CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True)
class Checksum:
    """The digest that a chunk must have."""

    algorithm: str
    digest: bytes


def start_upload(*, creator: Creator, clip_code: str, file_name: str, size_bytes: int, now: datetime) -> Upload:
    """Create an upload and its empty file, and return the upload.

    Raises UploadRefused, FileTooLarge, QuotaExceeded, DiskFull.
    """
    check_announced(file_name=file_name, size_bytes=size_bytes)
    if shutil.disk_usage(uploads_folder()).free < size_bytes + SPARE_BYTES:
        raise DiskFull
    with raise_disk_full(), transaction.atomic():
        upload = reserve_upload(
            creator=creator,
            clip_code=clip_code,
            file_name=file_name,
            size_bytes=size_bytes,
            now=now,
            lifetime=LIFETIME,
        )
        part_path(upload).touch()
    return upload


def uploads_folder() -> Path:
    """Return the folder for unfinished uploads, creating it if necessary."""
    folder: Path = settings.DATA_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_path(upload: Upload) -> Path:
    """Return the path of the file that holds the bytes received for an upload."""
    return uploads_folder() / f"{upload.code}{upload.suffix}"


def received_bytes(upload: Upload) -> int:
    """Return how many bytes of an upload have arrived. The next chunk starts at this offset."""
    if upload.source_id is not None:
        return upload.size_bytes
    try:
        return part_path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def append(*, upload: Upload, offset: int, read: Callable[[int], bytes], checksum: Checksum | None = None) -> int:
    """Append a chunk to an upload's file and return the new offset.

    `read` returns at most the given number of bytes from the connection. If the connection breaks, the bytes received
    so far are kept. If the chunk is refused, the file is left as it was.

    Raises WrongOffset if the chunk does not start at the end of the file, or if the upload is already finished. Raises
    UploadGone if the upload is cancelled meanwhile. Also raises UploadBusy, ChunkTooLong, ChecksumMismatch, DiskFull.
    """
    with raise_disk_full(), lock_part(upload) as part:
        if not Upload.objects.unfinished().filter(pk=upload.pk).exists():
            part_path(upload).unlink(missing_ok=True)  # taking the lock has created it again
            raise WrongOffset
        start = part.seek(0, os.SEEK_END)
        if start != offset:
            raise WrongOffset
        hasher = hashlib.new(checksum.algorithm) if checksum else None
        try:
            for chunk in _read_chunks(read):
                if os.fstat(part.fileno()).st_nlink == 0:
                    raise UploadGone  # cancelled meanwhile, so no more bytes are accepted
                if part.tell() + len(chunk) > upload.size_bytes:
                    raise ChunkTooLong
                write_fully(part, chunk)
                if hasher:
                    hasher.update(chunk)
            os.fsync(part.fileno())
        except (ChunkTooLong, OSError):
            part.truncate(start)
            raise
        if hasher and checksum and hasher.digest() != checksum.digest:
            part.truncate(start)
            raise ChecksumMismatch
        return part.tell()


def finish_upload(*, upload: Upload, now: datetime) -> Source:
    """Store a complete upload as an original, attach it to its clip, and return its source.

    If the upload is already finished, only return its source.

    Raises UploadRefused after marking the upload as abandoned. Raises UploadGone if it was cancelled or has expired.
    Raises UploadBusy or DiskFull if it can be finished later.
    """
    path = part_path(upload)
    with lock_part(upload):
        current = Upload.objects.select_related("source").filter(pk=upload.pk, lost_bytes=None).first()
        if current is None:
            path.unlink(missing_ok=True)  # taking the lock has created it again
            raise UploadGone
        if current.source is not None:
            path.unlink(missing_ok=True)
            upload.source, upload.expires_at = current.source, current.expires_at
            return current.source
        if received_bytes(upload) != upload.size_bytes:
            raise UploadBusy  # a chunk with a wrong checksum has just been removed
        try:
            source = accept_upload(upload=upload, path=path, now=now)
        except UploadRefused as refusal:
            path.unlink(missing_ok=True)
            raise UploadRefused(str(refusal)) from refusal  # not ClipClosed's 409, on which tus clients retry
        path.unlink(missing_ok=True)
    return source


def cancel_upload(*, upload: Upload, now: datetime) -> None:
    """Cancel an upload at its creator's request. Raises UploadBusy if it is being finished."""
    if received_bytes(upload) < upload.size_bytes:
        give_up_upload(upload=upload, now=now)
    else:
        with lock_part(upload):
            give_up_upload(upload=upload, now=now)


def give_up_upload(*, upload: Upload, now: datetime) -> None:
    """Mark an upload as abandoned and delete its file. The received bytes still count towards the daily quota."""
    upload.give_up(arrived_bytes=received_bytes(upload), now=now)
    part_path(upload).unlink(missing_ok=True)  # last, so that a connection that recreates it sees the new row


def sweep_uploads(*, now: datetime) -> None:
    """Finish complete uploads, and clean up after expired uploads.

    An unfinished upload that has expired is marked as abandoned. Its row is deleted once it no longer counts towards
    the quota. Files that have no row are deleted too.
    """
    for upload in Upload.objects.unfinished().filter(expires_at__gt=now):
        if received_bytes(upload) == upload.size_bytes:
            with suppress(UploadRefused, UploadGone, UploadBusy, DiskFull):
                finish_upload(upload=upload, now=now)
    for upload in Upload.objects.unfinished().filter(expires_at__lte=now):
        with suppress(UploadBusy):
            _remove_unrecorded_original(upload)
            give_up_upload(upload=upload, now=now)
    for upload in Upload.objects.filter(expires_at__lte=now):
        with suppress(UploadBusy):
            _remove_unrecorded_original(upload)
            part_path(upload).unlink(missing_ok=True)
            upload.delete()
    _remove_orphaned_parts(now)


def _remove_unrecorded_original(upload: Upload) -> None:
    """Delete the upload's original from the storage if no source refers to it. Raises UploadBusy.

    Such a file is left behind if a process dies after storing the file and before recording its source.
    """
    name = f"{upload.code}{upload.suffix}"
    with lock_part(upload):
        if not Source.objects.filter(storage_name=name).exists():
            originals().delete(name)


def _remove_orphaned_parts(now: datetime) -> None:
    """Delete old upload files that have no row, because it was deleted with its creator or never committed."""
    for path in uploads_folder().iterdir():
        with suppress(FileNotFoundError):  # another upload ended meanwhile
            changed_at = path.stat().st_mtime
            if changed_at < (now - 2 * LIFETIME).timestamp() and not Upload.objects.filter(code=path.stem).exists():
                path.unlink()


@contextmanager
def lock_part(upload: Upload) -> Iterator[FileIO]:
    """Lock the upload's file, creating it if necessary, and yield it. Raises UploadBusy if it is already locked.

    The file is unbuffered, so that its size on disk is always the upload's offset.
    """
    with FileIO(part_path(upload), "a+") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusy from error
        yield part


def write_fully(part: FileIO, chunk: bytes) -> None:
    """Write the whole chunk. A single write may store only a part of it."""
    remaining = memoryview(chunk)
    while remaining:
        remaining = remaining[part.write(remaining) :]


def _read_chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield chunks from the connection until it ends or breaks."""
    while True:
        try:
            chunk = read(CHUNK_BYTES)
        except OSError:  # includes Django's UnreadablePostError
            return
        if not chunk:
            return
        yield chunk
