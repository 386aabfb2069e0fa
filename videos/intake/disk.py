"""Disk-full errors: how to recognize them and convert them to DiskFull."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from videos.intake.errors import DiskFull


def is_disk_full(error: OSError) -> bool:
    """Return whether the error means a full disk or an exceeded disk quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def raise_disk_full() -> Iterator[None]:
    """Raise DiskFull when the block fails because of a full disk or an exceeded disk quota."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
