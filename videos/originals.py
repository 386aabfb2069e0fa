"""Originals: what creators upload, kept as it came and never served."""

from pathlib import Path

from django.conf import settings
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
    """Return the limits of what is accepted, with those that the operator sets."""
    return Policy(max_bytes=settings.UPLOAD_MAX_BYTES)
