"""The space on this machine's disk, and conversion of its errors, and the object store's, into StorageFault."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from accounts.object_storage import StoreAway
from videos.intake.errors import DiskFull, StoreUnavailable

SPARE_BYTES = 256 << 20
"""Space on the disk that is left for the database. Neither uploads nor transcoding use it."""


def uploads_folder() -> Path:
    """Return the folder for unfinished uploads, creating it if necessary."""
    folder: Path = settings.DATA_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_bytes(folder: Path | None = None) -> int:
    """Return how many bytes the disk has room for, besides what is left for the database. May be negative.

    `folder` is on the disk in question; by default, the one for unfinished uploads.
    """
    uploads: Path = settings.DATA_DIR / "uploads"  # which a shop with an object store may never need
    folders = [folder] if folder else [uploads, *uploads.parents]
    return shutil.disk_usage(next(path for path in folders if path.exists())).free - SPARE_BYTES


def has_room(size_bytes: int, folder: Path | None = None) -> bool:
    """Return whether the disk has room for so many more bytes. See `free_bytes`."""
    return free_bytes(folder) >= size_bytes


def require_room(size_bytes: int, folder: Path | None = None) -> None:
    """Raise DiskFull unless the disk has room for so many more bytes."""
    if not has_room(size_bytes, folder):
        raise DiskFull


def is_disk_full(error: OSError) -> bool:
    """Return whether the error was caused by a full disk or an exceeded disk quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def raise_storage_faults() -> Iterator[None]:
    """Raise DiskFull if the block fails because the disk or a quota is full, and StoreUnavailable for StoreAway."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
    except StoreAway as error:
        raise StoreUnavailable from error
