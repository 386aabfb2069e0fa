"""Reading of stored files, wherever they are: on disk, or in an object store without fetching more than is used."""

import errno
from datetime import datetime
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage

from accounts.object_storage import ObjectStorage


def file_facts(storage: Storage, name: str) -> tuple[int, datetime]:
    """Return a file's size in bytes and the time of its last change.

    Raises FileNotFoundError if there is no such file or no file can have this name. Raises StoreAway.
    """
    if isinstance(storage, ObjectStorage):
        return storage.facts(name)
    try:
        return storage.size(name), storage.get_modified_time(name)
    except (IsADirectoryError, NotADirectoryError, SuspiciousFileOperation) as error:
        raise FileNotFoundError(name) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise FileNotFoundError(name) from error
        raise


def open_stored(storage: Storage, name: str, *, first: int = 0, length: int | None = None) -> IO[bytes]:
    """Return a stream of a stored file that starts at byte `first`. The caller reads at most `length` bytes.

    Raises FileNotFoundError, StoreAway.
    """
    if isinstance(storage, ObjectStorage):
        return storage.open_range(name, first=first, length=length)
    file = storage.open(name)
    file.seek(first)
    stream: IO[bytes] = file
    return stream
