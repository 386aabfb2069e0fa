"""Originals: what creators upload, kept as it came and never served."""

from dataclasses import fields
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage, storages

from videos.media.policy import Policy


class LocalFile(File[bytes]):
    """A file on this machine's disk; a local storage takes it by renaming instead of copying."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def originals() -> Storage:
    return storages["originals"]


def upload_policy() -> Policy:
    """Return the limits of what is accepted, with those that the operator sets. Raises ImproperlyConfigured."""
    try:
        return Policy(max_bytes=settings.UPLOAD_MAX_BYTES, **settings.UPLOAD_LIMITS)
    except TypeError as error:
        known = ", ".join(field.name for field in fields(Policy) if field.name != "max_bytes")
        raise ImproperlyConfigured(f"UPLOAD_LIMITS knows only {known}.") from error
