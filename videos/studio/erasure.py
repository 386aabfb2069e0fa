"""Erasure: clips of a creator who leaves are taken down at once, and a task deletes their files, and those no clip uses."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.sweeps import do_each
from creators.models import Creator, WaitlistState
from creators.waitlist import settle_waitlist_entry
from videos.intake.photos import RULES
from videos.intake.storage import originals
from videos.models import (
    Clip,
    Decision,
    DecisionAction,
    Job,
    JobState,
    Photo,
    PostHashtag,
    PostMention,
    Revision,
    Source,
)
from videos.states import WITHDRAWABLE, ClipState
from videos.studio.submission import withdraw_clip

UNUSED_FOR = timedelta(days=7)
"""How long the file of an upload is kept although no clip uses it."""

CLOSING_MOVES = {ClipState.PUBLISHED: ClipState.REMOVED, ClipState.APPEALED: ClipState.REJECTED}


def erase_clips(*, creator: Creator, now: datetime) -> None:
    """Take down, withdraw or close every clip of a creator, and remove its words and what they name.

    Fees that were earned stay earned. Held slots are released. Emails about decisions that were not sent yet are no longer
    sent.
    """
    PostHashtag.objects.filter(clip__creator=creator).delete()
    PostMention.objects.filter(Q(clip__creator=creator) | Q(person=creator)).delete()
    for clip in Clip.objects.filter(creator=creator).order_by("pk"):
        settle_waitlist_entry(clip_code=clip.code, state=WaitlistState.LEFT, now=now)
        if clip.state in WITHDRAWABLE:
            withdraw_clip(clip_id=clip.pk, now=now)
        elif new := CLOSING_MOVES.get(ClipState(clip.state)):
            Clip.objects.move(clip.pk, clip.state, new, now=now)
    Clip.objects.filter(creator=creator).update(caption="", captions_vtt="", updated_at=now)
    Photo.objects.filter(clip__creator=creator).update(alternative_text="")
    Decision.objects.filter(clip__creator=creator, mailed_at=None).update(mailed_at=now)
    Revision.objects.filter(clip__creator=creator, receipt_mailed_at=None).update(receipt_mailed_at=now)


def erase_files(*, at_most: int = 50) -> int:
    """Delete the originals and the served files of erased creators. Return how many sources were dealt with.

    A source without a storage name has been. If the storage does not answer, the next call deletes the rest.
    """
    sources = Source.objects.filter(creator__user__erased_at__isnull=False).exclude(storage_name="")
    return do_each(sources.order_by("pk")[:at_most], _erase_source)


def erase_photos(*, at_most: int = 50) -> int:
    """Delete the photos of erased creators. Return how many were dealt with. A photo without a stem has been."""
    photos = Photo.objects.filter(clip__creator__user__erased_at__isnull=False).exclude(stem="")
    return do_each(photos.order_by("pk")[:at_most], _erase_photo)


def _erase_photo(photo: Photo) -> int:
    for ending in RULES.endings:
        default_storage.delete(f"{photo.stem}-{ending}")
    return Photo.objects.filter(pk=photo.pk).update(stem="")


def erase_unused_files(*, now: datetime, at_most: int = 50) -> int:
    """Delete the files of sources that no clip uses and no moderator has seen. Return how many were dealt with.

    They were replaced, or uploaded and not used for UNUSED_FOR. Their job must not be running.
    """
    return do_each(_unused_sources(now).order_by("pk")[:at_most], lambda source: _erase_unused(source, now))


def _unused_sources(now: datetime) -> QuerySet[Source]:
    sources = Source.objects.filter(uploaded_at__lt=now - UNUSED_FOR, revisions=None).exclude(storage_name="")
    used, running = Clip.objects.filter(source=OuterRef("pk")), Job.objects.filter(source=OuterRef("pk"))
    return sources.exclude(Exists(used)).exclude(Exists(running.filter(state=JobState.RUNNING)))


def _erase_unused(source: Source, now: datetime) -> int:
    """Erase a source unless its creator has just sent the file again. Who does so meanwhile waits, and gets a new one."""
    with transaction.atomic():
        locked = _unused_sources(now).select_for_update(of=("self",)).filter(pk=source.pk).first()
        if locked is None:
            return 0
        Job.objects.filter(source=locked).exclude(state=JobState.RUNNING).delete()
        return _erase_source(locked)


def _erase_source(source: Source) -> int:
    """Delete the source's files. What was approved stays recognizable, so that it is not paid for again."""
    _delete_folder(source.media_folder)
    originals().delete(source.storage_name)
    approvals = Decision.objects.effective().filter(action=DecisionAction.APPROVE, revision__source=source)
    fingerprint = source.outputs.get("fingerprint", "") if approvals.exists() else ""
    outputs = {"fingerprint": fingerprint} if fingerprint else {}
    return Source.objects.filter(pk=source.pk).update(storage_name="", user_file_name="", outputs=outputs)


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
