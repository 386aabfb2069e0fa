"""Conversion of errors of the disk and of the object store into StorageFault, which has a sentence."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from accounts.object_storage import StoreAway
from videos.intake.errors import DiskFull, StoreUnavailable


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
