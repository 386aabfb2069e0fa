"""Unfinished uploads on this machine's disk.

Each upload has one file in `DATA_DIR/uploads`. The file's size is the upload's offset. A lock on the file prevents two
connections from writing at once. The kernel releases the lock when the process that holds it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from videos.intake.disk import has_room, require_room, uploads_folder
from videos.intake.errors import ChecksumMismatch, ChunkTooLong, DiskFull, UploadBusy, UploadGone, WrongOffset
from videos.intake.parts import ORPHANED_AFTER, Checksum, Hasher, Read, read_chunks
from videos.models import Upload


class PartFiles:
    """The folder of unfinished uploads."""

    def has_room(self, size_bytes: int, *, now: datetime) -> bool:
        """Return whether the file fits beside those that have been announced: twice, because an original is a copy."""
        announced = 0
        for upload in Upload.objects.unfinished().filter(expires_at__gt=now):
            announced += 2 * upload.size_bytes - self.received_bytes(upload)
        return has_room(2 * size_bytes + announced)

    def prepare(self, upload: Upload) -> None:
        part_path(upload).touch()

    def received_bytes(self, upload: Upload) -> int:
        try:
            return part_path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def changed_at(self, upload: Upload) -> datetime:
        try:
            return datetime.fromtimestamp(part_path(upload).stat().st_mtime, tz=UTC)
        except FileNotFoundError:
            return upload.created_at

    def append(self, upload: Upload, *, offset: int, read: Read, checksum: Checksum | None) -> int:
        with lock_part(upload) as part:
            if not Upload.objects.unfinished().filter(pk=upload.pk).exists():
                part_path(upload).unlink(missing_ok=True)  # taking the lock has created it again
                raise WrongOffset
            start = part.seek(0, os.SEEK_END)
            if start != offset:
                raise WrongOffset
            hasher = Hasher(checksum)
            try:
                for chunk in read_chunks(read):
                    if os.fstat(part.fileno()).st_nlink == 0:
                        raise UploadGone  # cancelled meanwhile, so no more bytes are accepted
                    if part.tell() + len(chunk) > upload.size_bytes:
                        raise ChunkTooLong
                    require_room(len(chunk))
                    write_fully(part, chunk)
                    hasher.update(chunk)
                os.fsync(part.fileno())
            except (ChunkTooLong, DiskFull, OSError):
                part.truncate(start)
                raise
            if hasher.is_wrong:
                part.truncate(start)
                raise ChecksumMismatch
            return part.tell()

    @contextmanager
    def lock(self, upload: Upload) -> Iterator[None]:
        with lock_part(upload):
            if not Upload.objects.filter(pk=upload.pk).exists():
                part_path(upload).unlink(missing_ok=True)  # taking the lock has created it again
                raise UploadGone
            yield

    @contextmanager
    def local_copy(self, upload: Upload) -> Iterator[Path]:
        yield part_path(upload)

    def delete(self, upload: Upload) -> None:
        part_path(upload).unlink(missing_ok=True)

    def delete_orphans(self, *, now: datetime) -> None:
        for path in uploads_folder().iterdir():
            with suppress(FileNotFoundError):  # another upload ended meanwhile
                changed_at = path.stat().st_mtime
                is_old = changed_at < (now - ORPHANED_AFTER).timestamp()
                if is_old and not Upload.objects.filter(code=path.stem).exists():
                    path.unlink()


def part_path(upload: Upload) -> Path:
    """Return the path of the file that holds the bytes received for an upload."""
    return uploads_folder() / f"{upload.code}{upload.suffix}"


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
