"""Conversion of the operating system's disk-full errors into DiskFull."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from videos.intake.errors import DiskFull


def is_disk_full(error: OSError) -> bool:
    """Return whether the error was caused by a full disk or an exceeded disk quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def raise_disk_full() -> Iterator[None]:
    """Raise DiskFull if the `with` block fails because the disk is full or a disk quota is exceeded."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
