"""Storage for originals, which are never served, and the limits on uploads."""

from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage, storages

from accounts.object_storage import ObjectStorage
from videos.media.policy import Policy

TRANSFER_LIFETIME = timedelta(days=2)


class LocalFile(File[bytes]):
    """A file on the local disk. A local storage moves it into place instead of copying it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def originals() -> Storage:
    """Return the storage for originals."""
    return storages["originals"]


def abort_transfers(*, now: datetime) -> None:
    """Delete what is left in an object store of large files whose transfer ended with its process. Raises StoreAway."""
    for name in ("default", "originals"):
        storage = storages[name]
        if isinstance(storage, ObjectStorage):
            storage.abort_transfers(begun_before=now - TRANSFER_LIFETIME)


def upload_policy() -> Policy:
    """Return the limits on uploads, including the changes made by the setting UPLOAD_LIMITS.

    Raises ImproperlyConfigured if the setting names an unknown limit.
    """
    try:
        return Policy(max_bytes=settings.UPLOAD_MAX_BYTES, **settings.UPLOAD_LIMITS)
    except TypeError as error:
        names = ", ".join(field.name for field in fields(Policy) if field.name != "max_bytes")
        raise ImproperlyConfigured(f"UPLOAD_LIMITS accepts only {names}.") from error
