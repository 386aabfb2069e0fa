"""Detection of clips that show the same footage.

A moderator sees which other clips show the same footage. Copies rank lower, and the same footage is paid for only once.
What was paid for is the file of the approved revision: the clip itself may have another file by now, or none.

A source is compared once, with all other sources of the shop. `FootageMatch` rows keep the result, so that looking up
the duplicates of a clip reads an index. Two sources that arrive at the same time are both compared after their
fingerprints were committed, so at least one of them meets the other.
"""

from datetime import datetime
from itertools import batched

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.sweeps import do_each
from creators.models import Slot
from videos.media.fingerprint import find_same
from videos.models import Clip, Decision, DecisionAction, FootageMatch, Photo, Revision, Source

BATCH_SOURCES = 5_000
"""How many fingerprints are compared at a time. This limits memory, not what is compared."""

_ADVISORY_LOCK_ID = 5_201_314
"""The id of the PostgreSQL advisory lock that lets only one duplicate be approved at a time."""


def lock_duplicate_checks() -> None:
    """Lock approvals of duplicates until the transaction ends, so that each approval sees the previous one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK_ID])


def find_duplicates(clip: Clip) -> list[Clip]:
    """Return other clips that were submitted or approved with the same file or footage, oldest first.

    They may belong to any creator and any campaign. Compare the clip's source first if that has not been done. Photos
    are the same if their files are.
    """
    if clip.is_photos:
        posts = _posts_with_same_photos(clip).filter(Q(submitted_at__isnull=False) | Q(published_at__isnull=False))
        return list(posts.select_related("creator", "source").order_by("pk"))
    if clip.source is None:
        return []
    source_ids = _find_same_sources(clip.source)
    is_submitted = Q(submitted_at__isnull=False) | Q(published_at__isnull=False)
    same = Q(is_submitted, source__in=source_ids) | Q(pk__in=_find_approved(source_ids))
    return list(Clip.objects.filter(same).exclude(pk=clip.pk).select_related("creator", "source").order_by("pk"))


def _find_same_sources(source: Source) -> set[int]:
    """Return the ids of all sources with the same bytes or footage, this one included. Compare it first."""
    compare_source(source, now=timezone.now())
    matches = FootageMatch.objects.filter(Q(earlier=source) | Q(later=source)).values_list("earlier", "later")
    same_bytes = Source.objects.filter(sha256=source.sha256).values_list("pk", flat=True)
    return {source.pk, *same_bytes, *(pk for pair in matches for pk in pair)}


def _find_approved(source_ids: set[int]) -> set[int]:
    """Return the ids of clips of which a revision with one of the sources was approved, whatever file they have today."""
    approvals = Decision.objects.effective().filter(action=DecisionAction.APPROVE, revision__source__in=source_ids)
    return set(approvals.values_list("clip", flat=True))


def _posts_with_same_photos(clip: Clip) -> QuerySet[Clip]:
    """Return the other posts that have a photo of this one, or had it when they were submitted."""
    hashes = Photo.objects.filter(clip=clip).exclude(position=None).values("sha256")
    same = Photo.objects.filter(sha256__in=hashes).exclude(clip=clip)
    return Clip.objects.filter(pk__in=same.values("clip"))


def find_waiting_twin(clip: Clip) -> Clip | None:
    """Return another clip of the creator's that holds a slot with the same file, or None.

    A clip that has earned its slot does not count: whether another one may follow it is for the desk to judge, and so is
    other footage that looks the same, such as the next part of a series that is filmed from a tripod.
    Of submissions of one file at once, each waits for the one before it, until its transaction ends.
    """
    if clip.source is None and not clip.is_photos:
        return None
    subject = clip.source.sha256 if clip.source else "photos"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [subject, clip.creator_id])
    with_slot = Exists(Slot.objects.held().filter(clip_code=OuterRef("code")))
    if clip.is_photos:
        return _posts_with_same_photos(clip).filter(with_slot, creator=clip.creator_id).order_by("pk").first()
    same = Q(source=clip.source) | Q(source__sha256=subject)
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


def find_paid_duplicate(clip: Clip) -> Clip | None:
    """Return the oldest other clip that earned a fee with the same footage, or None."""
    earned = Exists(Slot.objects.earned().filter(clip_code=OuterRef("code")))
    if clip.is_photos:
        return _posts_with_same_photos(clip).filter(earned).order_by("pk").first()
    if clip.source is None:
        return None
    approved = Clip.objects.filter(earned, pk__in=_find_approved(_find_same_sources(clip.source)))
    return approved.exclude(pk=clip.pk).order_by("pk").first()


def pair_with_footage(clip: Clip, duplicates: list[Clip]) -> list[tuple[Clip, Source | None]]:
    """Return each duplicate with the file that shows the footage, which may not be the one that it has today."""
    if clip.source is None or not duplicates:
        return [(duplicate, None) for duplicate in duplicates]
    source_ids = _find_same_sources(clip.source)
    revisions = Revision.objects.filter(source__in=source_ids, clip__in=duplicates).select_related("source")
    sources = {revision.clip_id: revision.source for revision in revisions.order_by("number")}
    return [(duplicate, sources.get(duplicate.pk, duplicate.source)) for duplicate in duplicates]


def find_original(clip: Clip, duplicates: list[Clip]) -> Clip | None:
    """Return the oldest published duplicate that is not itself a copy of `clip`, or None."""
    return next((other for other in duplicates if other.published_at and other.copy_of_id != clip.pk), None)
