"""What unfinished uploads need of the place that holds their bytes: a folder of this machine, or an object store."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from videos.models import Upload

ORPHANED_AFTER = timedelta(hours=48)
"""Bytes of an upload without a row are deleted at this age. A row that is not committed yet is much younger."""
CHUNK_BYTES = 1 << 16
CHECKSUMS = ("sha1", "sha256")

type Read = Callable[[int], bytes]
"""Returns at most the given number of bytes from the connection."""


@dataclass(frozen=True)
class Checksum:
    """The digest that a chunk must have."""

    algorithm: str
    digest: bytes


class Hasher:
    """Checks a chunk against the digest that it must have, if there is one."""

    def __init__(self, checksum: Checksum | None) -> None:
        self._expected = checksum.digest if checksum else None
        self._hash = hashlib.new(checksum.algorithm) if checksum else None

    def update(self, chunk: bytes) -> None:
        if self._hash:
            self._hash.update(chunk)

    @property
    def is_wrong(self) -> bool:
        return self._hash is not None and self._hash.digest() != self._expected


class Parts(Protocol):
    """The bytes of unfinished uploads. `videos.intake.tus` says what each method is for, and what it raises."""

    def has_room(self, size_bytes: int, *, now: datetime) -> bool: ...

    def prepare(self, upload: Upload) -> None: ...

    def received_bytes(self, upload: Upload) -> int: ...

    def changed_at(self, upload: Upload) -> datetime:
        """Return when a byte arrived last, or when the upload began."""

    def append(self, upload: Upload, *, offset: int, read: Read, checksum: Checksum | None) -> int: ...

    def lock(self, upload: Upload) -> AbstractContextManager[object]:
        """Keep all others from finishing the upload. Raises UploadBusy, UploadGone."""

    def local_copy(self, upload: Upload) -> AbstractContextManager[Path]:
        """Yield the path of a file of this machine with all bytes of a locked upload."""

    def delete(self, upload: Upload) -> None: ...

    def delete_orphans(self, *, now: datetime) -> None:
        """Delete old bytes that have no row, because it was deleted with its creator or never committed."""


def read_chunks(read: Read) -> Iterator[bytes]:
    """Yield chunks from the connection until it ends or breaks."""
    while True:
        try:
            chunk = read(CHUNK_BYTES)
        except OSError:  # includes Django's UnreadablePostError
            return
        if not chunk:
            return
        yield chunk
