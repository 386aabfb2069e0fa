"""Recognition of disk-full errors, and their conversion to DiskFull."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from videos.intake.errors import DiskFull


def is_disk_full(error: OSError) -> bool:
    """Return True for a full disk or an exceeded disk quota, False for any other error."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def raise_disk_full() -> Iterator[None]:
    """Turn the operating system's error for a full disk or an exceeded disk quota into DiskFull."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
