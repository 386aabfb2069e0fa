"""The sweep of resumable uploads: it finishes complete ones and cleans up after expired ones."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

from accounts.object_storage import StoreAway
from accounts.sweeps import do_each
from videos.intake.errors import StorageFault, UploadBusy, UploadGone, UploadRefused
from videos.intake.storage import originals
from videos.intake.tus import finish_upload, give_up_upload, received_bytes, unfinished_parts
from videos.models import Source, Upload

logger = logging.getLogger(__name__)


def sweep_uploads(*, now: datetime) -> None:
    """Finish complete uploads, and clean up after expired uploads.

    An unfinished upload that has expired is marked as abandoned. Its row is deleted once it no longer counts towards
    the quota. Bytes that have no row are deleted too. While the object store is away, all this waits. An upload that
    fails keeps none of the others waiting; its exception is raised in the end.
    """
    sweep = _Sweep()
    unfinished, expired = Upload.objects.unfinished(), Upload.objects.filter(expires_at__lte=now)
    steps: list[Callable[[], None]] = [
        lambda: sweep.each(unfinished.filter(expires_at__gt=now), partial(_finish_if_complete, now=now)),
        lambda: sweep.each(unfinished.filter(expires_at__lte=now), partial(_give_up_expired, now=now)),
        lambda: sweep.each(expired, _delete_expired),
        lambda: sweep.each([now], lambda moment: unfinished_parts().delete_orphans(now=moment)),
    ]
    do_each(steps, lambda step: step())


class _Sweep:
    """Work on many rows, which ends when the object store is away."""

    def __init__(self) -> None:
        self._is_store_away = False

    def each[Row](self, rows: Iterable[Row], act: Callable[[Row], object]) -> None:
        do_each(rows, lambda row: self._attempt(act, row))

    def _attempt[Row](self, act: Callable[[Row], object], row: Row) -> None:
        if self._is_store_away:
            return
        try:
            act(row)
        except StoreAway:
            self._is_store_away = True
            logger.warning("The object store is away; unfinished uploads wait.")


def _finish_if_complete(upload: Upload, *, now: datetime) -> None:
    if received_bytes(upload) == upload.size_bytes:
        with suppress(UploadRefused, UploadGone, UploadBusy, StorageFault):
            finish_upload(upload=upload, now=now)


def _give_up_expired(upload: Upload, *, now: datetime) -> None:
    with suppress(UploadBusy, UploadGone):
        _remove_unrecorded_original(upload)
        give_up_upload(upload=upload, now=now)


def _delete_expired(upload: Upload) -> None:
    with suppress(UploadBusy, UploadGone):
        _remove_unrecorded_original(upload)
        unfinished_parts().delete(upload)
        upload.delete()


def _remove_unrecorded_original(upload: Upload) -> None:
    """Delete the upload's original from the storage if no source refers to it. Raises UploadBusy.

    Such a file is left behind if a process dies after storing the file and before recording its source.
    """
    name = f"{upload.code}{upload.suffix}"
    with unfinished_parts().lock(upload):
        if not Source.objects.filter(storage_name=name).exists():
            originals().delete(name)
