"""Resumable uploads, which arrive in chunks over several connections. The tus endpoint calls this module.

The bytes of unfinished uploads are on this machine's disk, or in the object store if the shop's files are there.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from accounts.object_storage import StoreAway
from creators.models import Creator
from videos.intake.disk import raise_storage_faults
from videos.intake.errors import DiskFull, TooManyUnfinished, UploadBusy, UploadGone, UploadRefused
from videos.intake.originals import accept_upload
from videos.intake.part_files import PartFiles
from videos.intake.part_objects import part_objects
from videos.intake.parts import Checksum, Parts, Read
from videos.intake.quota import check_announced, lock_announcements, reserve_upload
from videos.models import Source, Upload

logger = logging.getLogger(__name__)
LIFETIME = timedelta(hours=24)
IDLE_AFTER = timedelta(minutes=15)
"""From when on an upload counts as abandoned if its place is needed. A piece counts when it has arrived whole: one of
4 MiB, which browsers send, may take this long at 5 kB/s."""


def unfinished_parts() -> Parts:
    """Return where the bytes of unfinished uploads are."""
    return part_objects() or PartFiles()


def start_upload(*, creator: Creator, clip_code: str, file_name: str, size_bytes: int, now: datetime) -> Upload:
    """Create an upload without bytes, and return it. If there are too many, it replaces the one that is idle for longest.

    Raises UploadRefused, FileTooLarge, QuotaExceeded, StorageFault; nothing is replaced then.
    """
    check_announced(size_bytes=size_bytes)
    parts = unfinished_parts()
    try:
        return _reserve_place(creator, clip_code, file_name, size_bytes, parts, now)
    except TooManyUnfinished:
        with raise_storage_faults():
            if not _evict_idle_upload(creator, parts, now):
                raise
        return _reserve_place(creator, clip_code, file_name, size_bytes, parts, now)


def _reserve_place(
    creator: Creator, clip_code: str, file_name: str, size_bytes: int, parts: Parts, now: datetime
) -> Upload:
    with raise_storage_faults(), transaction.atomic():
        lock_announcements()
        if not parts.has_room(size_bytes, now=now):
            raise DiskFull
        upload = reserve_upload(
            creator=creator,
            clip_code=clip_code,
            file_name=file_name,
            size_bytes=size_bytes,
            now=now,
            lifetime=LIFETIME,
        )
        parts.prepare(upload)
    return upload


def _evict_idle_upload(creator: Creator, parts: Parts, now: datetime) -> bool:
    """Give up the creator's upload that is idle for longest. Return False if none is idle.

    Phones make a new copy of a video each time that it is picked, so that unfinished uploads are often never continued.
    """
    uploads = Upload.objects.arriving().filter(creator=creator, expires_at__gt=now)
    idle = [(parts.changed_at(upload), upload) for upload in uploads if received_bytes(upload) < upload.size_bytes]
    changed_at, upload = min(idle, key=lambda pair: pair[0], default=(now, None))
    if upload is None or changed_at > now - IDLE_AFTER:
        return False
    logger.info("The idle upload %s gives its place to a new one.", upload.code)
    give_up_upload(upload=upload, now=now)
    return True


def received_bytes(upload: Upload) -> int:
    """Return how many bytes of an upload have arrived. The next chunk starts at this offset."""
    return upload.size_bytes if upload.source_id is not None else unfinished_parts().received_bytes(upload)


def append(*, upload: Upload, offset: int, read: Read, checksum: Checksum | None = None) -> int:
    """Append a chunk to an upload and return the new offset.

    `read` returns at most the given number of bytes from the connection. If the connection breaks, the bytes received
    so far are kept. If the chunk is refused, the upload is left as it was.

    Raises WrongOffset if the chunk does not start at the end of what has arrived, or if the upload is already finished.
    Raises UploadGone if the upload is cancelled meanwhile. Also raises UploadBusy, ChunkTooLong, ChecksumMismatch,
    StorageFault.
    """
    with raise_storage_faults():
        return unfinished_parts().append(upload, offset=offset, read=read, checksum=checksum)


def finish_upload(*, upload: Upload, now: datetime) -> Source:
    """Store a complete upload as an original, attach it to its clip, and return its source.

    If the upload is already finished, only return its source.

    Raises UploadRefused after marking the upload as abandoned. Raises UploadGone if it was cancelled or has expired.
    Raises UploadBusy or StorageFault if it can be finished later.
    """
    parts = unfinished_parts()
    with raise_storage_faults(), parts.lock(upload):
        current = Upload.objects.select_related("source").filter(pk=upload.pk, lost_bytes=None).first()
        if current is None:
            discard_bytes(upload)
            raise UploadGone
        if current.source is not None:
            discard_bytes(upload)
            upload.source, upload.expires_at = current.source, current.expires_at
            return current.source
        if received_bytes(upload) != upload.size_bytes:
            raise UploadBusy  # a chunk with a wrong checksum has just been removed
        try:
            with parts.local_copy(upload) as path:
                source = accept_upload(upload=upload, path=path, now=now)
        except UploadRefused as refusal:
            discard_bytes(upload)
            raise UploadRefused(str(refusal)) from refusal  # not ClipClosed's 409, on which tus clients retry
        discard_bytes(upload)
    return source


def cancel_upload(*, upload: Upload, now: datetime) -> None:
    """Cancel an upload at its creator's request. Raises UploadBusy if it is being finished."""
    abandon_upload(upload=upload, now=now)
    discard_bytes(upload)


def abandon_upload(*, upload: Upload, now: datetime) -> None:
    """Mark an upload as abandoned, and leave its bytes. Raises UploadBusy if it is being finished."""
    arrived_bytes = received_bytes(upload)
    if upload.has_arrived:
        raise UploadBusy  # a request is checking the file, and ends by itself
    if arrived_bytes < upload.size_bytes:
        upload.give_up(arrived_bytes=arrived_bytes, now=now)
        return
    with suppress(UploadGone), unfinished_parts().lock(upload):
        upload.give_up(arrived_bytes=arrived_bytes, now=now)


def give_up_upload(*, upload: Upload, now: datetime) -> None:
    """Mark an upload as abandoned and delete its bytes. They still count towards the daily quota."""
    upload.give_up(arrived_bytes=received_bytes(upload), now=now)
    discard_bytes(upload)  # last, so that a connection that recreates it sees the new row


def discard_bytes(upload: Upload) -> None:
    """Delete the bytes of an upload that has ended. If the object store is away, the sweep deletes them with the row."""
    try:
        unfinished_parts().delete(upload)
    except StoreAway:
        logger.warning("The bytes of the ended upload %s stay in the object store for now.", upload.code)
