"""Original files: inspection, storage, and attachment to clips.

Each file is stored under a generated name. If a creator sends the same file twice, it is stored only once.
"""

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
from creators.suspensions import CreatorSuspended
from videos.intake.disk import raise_storage_faults, require_room
from videos.intake.errors import ClipClosed, DiskFull, StorageFault, UploadRefused
from videos.intake.policy_checks import require_sandbox
from videos.intake.quota import check_announced, lock_creator, reserve_upload
from videos.intake.storage import originals, upload_policy
from videos.media.inspection import inspect
from videos.media.policy import EXTENSIONS, SENTENCES, MediaFailed, MediaRefused
from videos.media.probing import Probe
from videos.models import Clip, Job, JobKind, JobState, Source, Upload
from videos.models.clip import NotEditable

FORM_LIFETIME = timedelta(hours=1)
"""How long a file from the upload form may stay unfinished. After that, its process is assumed to have died."""


def receive_file(*, clip: Clip, file: UploadedFile[bytes], now: datetime) -> Source:
    """Store a file sent by form or PUT request, attach it to the clip, and return its source.

    Raises UploadRefused, StorageFault.
    """
    name, size_bytes = file.name or "", file.size or 0
    check_announced(size_bytes=size_bytes)
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
        with raise_storage_faults(), _local_path(file, upload.suffix) as path:
            return accept_upload(upload=upload, path=path, now=now)
    except StorageFault:
        upload.delete()  # the creator is asked to upload it again
        raise


def accept_upload(*, upload: Upload, path: Path, now: datetime) -> Source:
    """Store a complete upload as an original, attach it to its clip, and return its source.

    Both tus uploads and form uploads end here. Raises UploadRefused or ClipClosed after marking the upload as
    abandoned, and StorageFault if the upload can be accepted later.
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
    """Attach a source to the upload's clip. Create the clip as a draft if it does not exist yet. Raises ClipClosed."""
    try:
        Clip.objects.start_draft(creator=upload.creator, code=upload.clip_code).attach_source(source)
    except NotEditable as refusal:
        raise ClipClosed(str(refusal)) from refusal
    except CreatorSuspended as refusal:
        raise UploadRefused(str(refusal)) from refusal


def store_original(*, creator: Creator, path: Path, user_file_name: str, now: datetime, key: str = "") -> Source:
    """Store the file at `path`, queue the job that makes it playable, and return its source.

    If the creator has already sent the same bytes, return the earlier source, so that nothing is transcoded twice.

    `key` becomes the file's name in the storage, before the suffix. If a crash leaves a partial file behind, a retry
    with the same key overwrites it. Raises UploadRefused, StorageFault.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if (duplicate := find_duplicate(creator, sha256, now=now)) is not None:
        return duplicate
    measured = inspect_original(path)
    width, height = measured.display_size
    name = store_bytes(path, key or secrets.token_hex(16))
    with transaction.atomic():
        lock_creator(creator)
        if (duplicate := find_duplicate(creator, sha256, now=now)) is None:
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
    if duplicate.storage_name != name:
        originals().delete(name)  # another connection stored the same file meanwhile
    return duplicate


def find_duplicate(creator: Creator, sha256: str, *, now: datetime) -> Source | None:
    """Return the creator's earlier source with this hash, or None, and keep its file from being erased as unused.

    Ignore sources that could not be processed, and those whose file has been erased.
    """
    failed = Job.objects.filter(kind=JobKind.PLAYABLE, state=JobState.FAILED)
    sources = Source.objects.filter(creator=creator, sha256=sha256).exclude(storage_name="")
    source = sources.exclude(jobs__in=failed).order_by("pk").first()
    if source is None or not sources.filter(pk=source.pk).update(uploaded_at=now):
        return None
    return source


def inspect_original(path: Path) -> Probe:
    """Probe a file in the sandbox and return what was measured.

    Raises UploadRefused with a sentence for the creator, and ImproperlyConfigured if there is no sandbox.
    """
    require_sandbox()
    policy = upload_policy()
    try:
        return inspect(path, policy).probe
    except MediaRefused as refusal:
        raise UploadRefused(_(SENTENCES[refusal.code]) % refusal.parameters) from refusal
    except MediaFailed as failure:
        raise UploadRefused(_("We couldn't check this file just now. Please upload it again.")) from failure


def store_bytes(path: Path, key: str) -> str:
    """Copy a file into the storage for originals, and return its name there.

    Raises DiskFull after deleting the partial copy, and StoreUnavailable.
    """
    suffix = path.suffix.lower()
    name = f"{key}{suffix if suffix in EXTENSIONS else ''}"
    try:
        with raise_storage_faults(), path.open("rb") as file:
            originals().delete(name)
            require_room(path.stat().st_size)
            return originals().save(name, File(file))
    except DiskFull:
        originals().delete(name)
        raise


@contextmanager
def _local_path(upload: UploadedFile[bytes], suffix: str) -> Iterator[Path]:
    """Yield the path of a local file with the upload's content and the given suffix.

    A large file is already on disk. It is not copied if its name has the right suffix.
    """
    if hasattr(upload, "temporary_file_path") and (path := Path(upload.temporary_file_path())).suffix.lower() == suffix:
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
