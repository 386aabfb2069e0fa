"""Original files. Each is inspected and stored under a generated name. A creator's duplicates are stored only once."""

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Creator
from videos.intake.disk import raise_disk_full
from videos.intake.errors import ClipClosed, DiskFull, UploadRefused
from videos.intake.policy_checks import require_sandbox
from videos.intake.quota import check_announced, lock_creator, reserve_upload
from videos.intake.storage import originals, upload_policy
from videos.media.policy import SENTENCES, MediaFailed, MediaRefused
from videos.media.probing import Probe, probe
from videos.media.sniffing import sniff
from videos.models import Clip, Job, JobKind, JobState, Source, Upload
from videos.models.clip import NotEditable

FORM_LIFETIME = timedelta(hours=1)
"""The age at which a form's file that was neither accepted nor refused counts as lost with its process."""


def receive_file(*, clip: Clip, file: UploadedFile[bytes], now: datetime) -> Source:
    """Accept a file sent with a form or in a PUT request. Raises UploadRefused, DiskFull."""
    name, size_bytes = file.name or "", file.size or 0
    check_announced(file_name=name, size_bytes=size_bytes)
    upload = reserve_upload(
        creator=clip.creator,
        clip_code=clip.code,
        file_name=name,
        size_bytes=size_bytes,
        now=now,
        lifetime=FORM_LIFETIME,
        has_arrived=True,
    )
    try:
        with raise_disk_full(), _local_path(file, upload.suffix) as path:
            return accept_upload(upload=upload, path=path, now=now)
    except DiskFull:
        upload.delete()  # the creator is asked to upload it again
        raise


def accept_upload(*, upload: Upload, path: Path, now: datetime) -> Source:
    """Store a complete upload as an original and attach it to its clip. Uploads of every kind end here.

    Raises UploadRefused or ClipClosed after giving up the upload, and DiskFull if it can be accepted later.
    """
    try:
        source = store_original(
            creator=upload.creator, path=path, user_file_name=upload.user_file_name, now=now, key=upload.code
        )
        if upload.clip_code:
            attach_to_clip(upload, source)
    except UploadRefused:
        upload.give_up(arrived_bytes=upload.size_bytes, now=now)
        raise
    upload.finish(source=source, now=now)
    return source


def attach_to_clip(upload: Upload, source: Source) -> None:
    """Attach a source to the upload's clip, creating a draft if there is no clip yet. Raises ClipClosed."""
    try:
        Clip.objects.start_draft(creator=upload.creator, code=upload.clip_code).attach_source(source)
    except NotEditable as refusal:
        raise ClipClosed(str(refusal)) from refusal


def store_original(*, creator: Creator, path: Path, user_file_name: str, now: datetime, key: str = "") -> Source:
    """Store the file at `path`, which has the upload's suffix, and queue the job that makes it playable.

    `key` is the stem of the original's name in the storage, so a retry with the same key overwrites what a crash left
    behind. If the creator has already sent the same bytes, return that source, so that nothing is transcoded twice.
    Raises UploadRefused, DiskFull.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if (duplicate := find_duplicate(creator, sha256)) is not None:
        return duplicate
    measured = inspect_original(path)
    width, height = measured.display_size
    name = store_bytes(path, key or secrets.token_hex(16))
    with transaction.atomic():
        lock_creator(creator)
        if (duplicate := find_duplicate(creator, sha256)) is None:
            source = Source.objects.create(
                creator=creator,
                storage_name=name,
                user_file_name=Path(user_file_name).name[:255],
                size_bytes=path.stat().st_size,
                sha256=sha256,
                duration_ms=measured.duration_ms,
                width_px=round(width),
                height_px=round(height),
            )
            Job.objects.create(source=source, queued_at=now)
            return source
    originals().delete(name)  # another connection stored the same file meanwhile
    return duplicate


def find_duplicate(creator: Creator, sha256: str) -> Source | None:
    """Return the creator's earlier source with these bytes, or None. Skip sources that could not be processed."""
    failed = Job.objects.filter(kind=JobKind.PLAYABLE, state=JobState.FAILED)
    return Source.objects.filter(creator=creator, sha256=sha256).exclude(jobs__in=failed).order_by("pk").first()


def inspect_original(path: Path) -> Probe:
    """Probe a file in the sandbox.

    Raises UploadRefused with a sentence for the creator, and ImproperlyConfigured if there is no sandbox.
    """
    require_sandbox()
    policy = upload_policy()
    try:
        return probe(path, sniff(path, policy), policy)
    except MediaRefused as refusal:
        raise UploadRefused(_(SENTENCES[refusal.code]) % refusal.parameters) from refusal
    except MediaFailed as failure:
        raise UploadRefused(_("We couldn't check this file just now. Please upload it again.")) from failure


def store_bytes(path: Path, key: str) -> str:
    """Copy a file into the storage for originals and return its name there. Raises DiskFull, leaving nothing behind."""
    name = f"{key}{path.suffix.lower()}"
    originals().delete(name)
    try:
        with raise_disk_full(), path.open("rb") as file:
            return originals().save(name, File(file))
    except DiskFull:
        originals().delete(name)
        raise


@contextmanager
def _local_path(upload: UploadedFile[bytes], suffix: str) -> Iterator[Path]:
    """Yield a local path to an uploaded file, with its suffix. Large files are already on disk and are not copied."""
    if hasattr(upload, "temporary_file_path") and (path := Path(upload.temporary_file_path())).suffix.lower() == suffix:
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
