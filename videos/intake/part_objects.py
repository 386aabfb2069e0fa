"""Unfinished uploads in an object store, so that every machine can receive the next chunk and finish the upload.

The bytes are objects of at most PART_BYTES in the storage `uploads`, in a folder for each upload. A part counts once
its row exists, so an upload's offset is the sum of its rows, and nothing that was acknowledged can be lost. An object
without a row is never read, and is deleted with the upload.

Connections write without a lock. If two send the same bytes, the row of the faster one counts, and the other one is
told the wrong offset.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.object_storage import ObjectStorage
from videos.intake.errors import ChecksumMismatch, ChunkTooLong, UploadBusy, UploadGone, WrongOffset
from videos.intake.parts import ORPHANED_AFTER, Checksum, Hasher, Read, read_chunks
from videos.intake.workdir import work_folder
from videos.models import Upload, UploadPart

PART_BYTES = 8 << 20
LEASE = timedelta(minutes=15)
"""How long others leave an upload alone that a process is finishing. It is longer than any request or task may take."""


class PartObjects:
    """The objects of unfinished uploads."""

    def __init__(self, storage: ObjectStorage) -> None:
        self.storage = storage

    def has_room(self, size_bytes: int, *, now: datetime) -> bool:
        return True

    def prepare(self, upload: Upload) -> None:
        """Nothing: the first part makes the folder."""

    def received_bytes(self, upload: Upload) -> int:
        return int(upload.parts.aggregate(bytes=Sum("size_bytes", default=0))["bytes"])

    def changed_at(self, upload: Upload) -> datetime:
        last = upload.parts.order_by("starts_at_byte").last()
        return self.storage.get_modified_time(last.storage_name) if last else upload.created_at

    def append(self, upload: Upload, *, offset: int, read: Read, checksum: Checksum | None) -> int:
        if self.received_bytes(upload) != offset or not Upload.objects.unfinished().filter(pk=upload.pk).exists():
            raise WrongOffset
        hasher, position = Hasher(checksum), offset
        stored: list[UploadPart] = []
        for block in _blocks(read):
            if position + len(block) > upload.size_bytes:
                _forget(upload, stored)
                raise ChunkTooLong
            stored.append(self._store(upload, position, block))
            position += len(block)
            hasher.update(block)
            if checksum is None:
                _record(upload, stored[-1:])
        if hasher.is_wrong:
            raise ChecksumMismatch
        if checksum is not None and stored:
            _record(upload, stored)
        return position

    def _store(self, upload: Upload, position: int, block: bytes) -> UploadPart:
        name = f"{upload.code}/{position:015d}-{secrets.token_hex(4)}"
        self.storage.put(name, block)
        return UploadPart(upload=upload, starts_at_byte=position, size_bytes=len(block), storage_name=name)

    @contextmanager
    def lock(self, upload: Upload) -> Iterator[None]:
        now = timezone.now()
        is_free = Q(finishing_until=None) | Q(finishing_until__lte=now)
        if not Upload.objects.filter(is_free, pk=upload.pk).update(finishing_until=now + LEASE):
            raise UploadBusy if Upload.objects.filter(pk=upload.pk).exists() else UploadGone
        try:
            yield
        finally:
            Upload.objects.filter(pk=upload.pk, finishing_until=now + LEASE).update(finishing_until=None)

    @contextmanager
    def local_copy(self, upload: Upload) -> Iterator[Path]:
        with work_folder() as folder:
            path = folder / "in" / f"{upload.code}{upload.suffix}"
            with path.open("wb") as copy:
                for part in upload.parts.order_by("starts_at_byte"):
                    with self.storage.open_range(part.storage_name) as stored:
                        shutil.copyfileobj(stored, copy, 1 << 20)
            yield path

    def delete(self, upload: Upload) -> None:
        """Delete an upload's rows and objects. Objects that the store does not delete are found later by its row."""
        upload.parts.all().delete()
        self._delete_folder(upload.code)

    def delete_orphans(self, *, now: datetime) -> None:
        folders, _names = self.storage.listdir("")
        known = set(Upload.objects.filter(code__in=folders).values_list("code", flat=True))
        for folder in set(folders) - known:
            _folders, names = self.storage.listdir(folder)
            changes = [self.storage.get_modified_time(f"{folder}/{name}") for name in names]
            if all(changed_at < now - ORPHANED_AFTER for changed_at in changes):
                self._delete_folder(folder)

    def _delete_folder(self, folder: str) -> None:
        _folders, names = self.storage.listdir(folder)
        for name in names:
            self.storage.delete(f"{folder}/{name}")


def part_objects() -> PartObjects | None:
    """Return the objects of unfinished uploads, or None if files are on this machine's disk."""
    storage = storages["uploads"] if "uploads" in storages.backends else None
    return PartObjects(storage) if isinstance(storage, ObjectStorage) else None


def _record(upload: Upload, stored: list[UploadPart]) -> None:
    """Make stored parts count. Raises UploadGone if the upload has ended, and WrongOffset if others were faster."""
    with transaction.atomic():
        if Upload.objects.unfinished().select_for_update().filter(pk=upload.pk).first() is None:
            raise UploadGone
        if _end_of(upload) != stored[0].starts_at_byte:
            raise WrongOffset
        UploadPart.objects.bulk_create(stored)


def _forget(upload: Upload, stored: list[UploadPart]) -> None:
    """Let the parts of a refused chunk no longer count, unless another chunk follows them already."""
    with transaction.atomic():
        Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if stored and stored[-1].pk and _end_of(upload) == stored[-1].starts_at_byte + stored[-1].size_bytes:
            UploadPart.objects.filter(pk__in=[part.pk for part in stored]).delete()


def _end_of(upload: Upload) -> int:
    last = upload.parts.order_by("starts_at_byte").last()
    return last.starts_at_byte + last.size_bytes if last else 0


def _blocks(read: Read) -> Iterator[bytes]:
    """Yield what arrives in blocks of PART_BYTES, and what had arrived when the connection ended or broke."""
    block = bytearray()
    for chunk in read_chunks(read):
        block += chunk
        while len(block) >= PART_BYTES:
            yield bytes(block[:PART_BYTES])
            del block[:PART_BYTES]
    if block:
        yield bytes(block)
