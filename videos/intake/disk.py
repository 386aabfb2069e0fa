"""Room on the disk: what is said when there is none."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _


class DiskFull(Exception):
    """There is no room for the file; nothing of what did not fit was kept. The message is a sentence for the creator."""

    def __init__(self) -> None:
        super().__init__(_("There is no room for this file at the moment. Nothing is lost: please try again later."))


def is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def told_when_full() -> Iterator[None]:
    """Raise DiskFull for what the system says when the disk, or a quota of it, is full."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFull from error
        raise
