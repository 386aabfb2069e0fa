"""Originals: what creators upload, kept as it came and never served."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from creators.models import Creator
from videos.media import fingerprint
from videos.media.policy import MediaRefused, Policy, Refusal
from videos.media.sniffing import HEAD_BYTES, demuxer_for
from videos.models import Source
from videos.models.source import new_key


class LocalFile(File[bytes]):
    """A file on this machine's disk; a local storage takes it by renaming instead of copying."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def originals() -> Storage:
    return storages["originals"]


def policy() -> Policy:
    """Return the limits of what is accepted, with those that the operator sets."""
    return Policy(max_bytes=settings.UPLOAD_MAX_BYTES)


def keep_original(*, creator: Creator, file: File[bytes], user_file_name: str) -> Source:
    """Store an upload under a name of our own, and return its row. Raises MediaRefused for what is no video at all.

    Only the name and the first bytes are looked at here; what decodes is found out by the job.
    """
    if not file.size:
        raise MediaRefused(Refusal.EMPTY)
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise MediaRefused(Refusal.TOO_LARGE, megabytes=settings.UPLOAD_MAX_BYTES // 1_000_000)
    suffix = Path(user_file_name).suffix.lower()
    file.seek(0)
    demuxer_for(suffix, file.read(HEAD_BYTES))
    file.seek(0)
    if isinstance(file, LocalFile):
        digest = fingerprint.content_hash(file.path)
    else:
        hasher = hashlib.sha256()
        for chunk in file.chunks():
            hasher.update(chunk)
        digest = hasher.hexdigest()
    key, size = new_key(), file.size
    file.seek(0)
    return Source.objects.create(
        key=key,
        creator=creator,
        storage_name=originals().save(f"{key}{suffix}", file),
        user_file_name=Path(user_file_name).name[:255],
        size_bytes=size,
        sha256=digest,
    )
