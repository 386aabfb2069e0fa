"""Detection of clips that show the same footage.

A moderator sees which other clips show the same footage. Copies rank lower, and the same footage is paid for only once.

A source is compared once, with all other sources of the shop. `FootageMatch` rows keep the result, so that looking up
the duplicates of a clip reads an index. Two sources that arrive at the same time are both compared after their
fingerprints were committed, so at least one of them meets the other.
"""

from datetime import datetime
from itertools import batched

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.sweeps import do_each
from creators.models import Slot
from videos.media.fingerprint import find_same
from videos.models import Clip, FootageMatch, Source

BATCH_SOURCES = 5_000
"""How many fingerprints are compared at a time. This limits memory, not what is compared."""

_ADVISORY_LOCK_ID = 5_201_314
"""The id of the PostgreSQL advisory lock that lets only one duplicate be approved at a time."""


def lock_duplicate_checks() -> None:
    """Lock approvals of duplicates until the transaction ends, so that each approval sees the previous one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK_ID])


def find_duplicates(clip: Clip) -> list[Clip]:
    """Return other submitted clips that have the same file or show the same footage, oldest first.

    They may belong to any creator and any campaign. Compare the clip's source first if that has not been done.
    """
    if clip.source is None:
        return []
    compare_source(clip.source, now=timezone.now())
    pk = clip.source.pk
    source_ids = {pk, *FootageMatch.objects.filter(later=pk).values_list("earlier", flat=True)}
    source_ids |= set(FootageMatch.objects.filter(earlier=pk).values_list("later", flat=True))
    same_footage = Q(source__in=source_ids) | Q(source__sha256=clip.source.sha256)
    clips = Clip.objects.filter(same_footage).exclude(pk=clip.pk).exclude(submitted_at=None, published_at=None)
    return list(clips.select_related("creator", "source").order_by("pk"))


def find_waiting_twin(clip: Clip) -> Clip | None:
    """Return another clip of the creator's that holds a slot with the same file, or None.

    A clip that has earned its slot does not count: whether another one may follow it is for the desk to judge, and so is
    other footage that looks the same, such as the next part of a series that is filmed from a tripod.
    Of submissions of one file at once, each waits for the one before it, until its transaction ends.
    """
    if clip.source is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [clip.source.sha256, clip.creator_id])
    with_slot = Exists(Slot.objects.held().filter(clip_code=OuterRef("code")))
    same = Q(source=clip.source) | Q(source__sha256=clip.source.sha256)
    return Clip.objects.filter(same, with_slot, creator=clip.creator_id).exclude(pk=clip.pk).order_by("pk").first()


def compare_source(source: Source, *, now: datetime) -> None:
    """Compare the source's footage with that of all other sources, and store the matches.

    Do nothing if the source has been compared before, or has no fingerprint yet.
    """
    fingerprint = source.outputs.get("fingerprint", "")
    if source.compared_at is not None or not fingerprint:
        return
    others = Source.objects.exclude(pk=source.pk).filter(outputs__has_key="fingerprint").order_by()
    matching: list[int] = []
    with transaction.atomic():
        stored = others.values_list("pk", "outputs__fingerprint").iterator(chunk_size=BATCH_SOURCES)
        for batch in batched(stored, BATCH_SOURCES, strict=False):
            candidates = [(pk, candidate) for pk, candidate in batch if candidate]
            matching += [
                candidates[index][0] for index in find_same(fingerprint, [candidate for _pk, candidate in candidates])
            ]
        pairs = [sorted((source.pk, pk)) for pk in matching]
        matches = [FootageMatch(earlier_id=earlier, later_id=later) for earlier, later in pairs]
        FootageMatch.objects.bulk_create(matches, ignore_conflicts=True)
        Source.objects.filter(pk=source.pk).update(compared_at=now)
    source.compared_at = now


def compare_new_sources(*, now: datetime, at_most: int = 3) -> int:
    """Compare the newest sources that have not been compared. Return how many were compared."""
    waiting = Source.objects.filter(compared_at=None, outputs__has_key="fingerprint").order_by("-pk")[:at_most]
    do_each(sources := list(waiting), lambda source: compare_source(source, now=now))
    return len(sources)


def find_paid_duplicate(duplicates: list[Clip]) -> Clip | None:
    """Return the oldest duplicate that has earned its fee, or None."""
    codes = [duplicate.code for duplicate in duplicates]
    paid = set(Slot.objects.earned().filter(clip_code__in=codes).values_list("clip_code", flat=True))
    return next((duplicate for duplicate in duplicates if duplicate.code in paid), None)


def find_original(clip: Clip, duplicates: list[Clip]) -> Clip | None:
    """Return the oldest published duplicate that is not itself a copy of `clip`, or None."""
    return next((other for other in duplicates if other.published_at and other.copy_of_id != clip.pk), None)
