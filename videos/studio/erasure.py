"""Erasure of a creator's clips: they are taken down at once, and a task deletes their files."""

from datetime import datetime

from django.core.files.storage import default_storage

from accounts.sweeps import do_each
from creators.models import Creator, WaitlistState
from creators.waitlist import settle_waitlist_entry
from videos.intake.storage import originals
from videos.models import Clip, Decision, Revision, Source
from videos.states import WITHDRAWABLE, ClipState
from videos.studio.submission import withdraw_clip

CLOSING_MOVES = {ClipState.PUBLISHED: ClipState.REMOVED, ClipState.APPEALED: ClipState.REJECTED}


def erase_clips(*, creator: Creator, now: datetime) -> None:
    """Take down, withdraw or close every clip of a creator, and remove its words. Fees that were earned stay earned.

    Held slots are released. Emails about decisions that were not sent yet are no longer sent.
    """
    for clip in Clip.objects.filter(creator=creator).order_by("pk"):
        settle_waitlist_entry(clip_code=clip.code, state=WaitlistState.LEFT, now=now)
        if clip.state in WITHDRAWABLE:
            withdraw_clip(clip_id=clip.pk, now=now)
        elif new := CLOSING_MOVES.get(ClipState(clip.state)):
            Clip.objects.move(clip.pk, clip.state, new, now=now)
    Clip.objects.filter(creator=creator).update(caption="", captions_vtt="", updated_at=now)
    Decision.objects.filter(clip__creator=creator, mailed_at=None).update(mailed_at=now)
    Revision.objects.filter(clip__creator=creator, receipt_mailed_at=None).update(receipt_mailed_at=now)


def erase_files(*, at_most: int = 50) -> int:
    """Delete the originals and the served files of erased creators. Return how many sources were dealt with.

    A source without a storage name has been. If the storage does not answer, the next call deletes the rest.
    """
    sources = Source.objects.filter(creator__user__erased_at__isnull=False).exclude(storage_name="")
    return do_each(sources.order_by("pk")[:at_most], _erase_source)


def _erase_source(source: Source) -> int:
    _delete_folder(source.media_folder)
    originals().delete(source.storage_name)
    return Source.objects.filter(pk=source.pk).update(storage_name="", user_file_name="", outputs={})


def _delete_folder(path: str) -> None:
    try:
        folders, names = default_storage.listdir(path)
    except FileNotFoundError:
        return
    for folder in folders:
        _delete_folder(f"{path}/{folder}")
    for name in names:
        default_storage.delete(f"{path}/{name}")
    default_storage.delete(path)
