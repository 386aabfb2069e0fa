"""Detection of clips that show the same footage.

A moderator sees which other clips show the same footage. Copies rank lower, and the same footage is paid for only once.
"""

from django.db import connection
from django.db.models import Q

from creators.models import Slot
from videos.media.fingerprint import find_same
from videos.models import Clip, Source

COMPARED_SOURCES = 10_000
"""The number of recent sources with which a source is compared. The comparison takes less than a second."""

_ADVISORY_LOCK_ID = 5_201_314
"""The id of the PostgreSQL advisory lock that lets only one duplicate be approved at a time."""


def lock_duplicate_checks() -> None:
    """Lock approvals of duplicates until the transaction ends, so that each approval sees the previous one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK_ID])


def find_duplicates(clip: Clip) -> list[Clip]:
    """Return other submitted clips that have the same file or show the same footage, oldest first.

    They may belong to any creator.
    """
    if clip.source is None:
        return []
    fingerprint = clip.source.outputs.get("fingerprint", "")
    others = Source.objects.exclude(pk=clip.source.pk).order_by("-pk")
    source_ids = set(others.filter(sha256=clip.source.sha256).values_list("pk", flat=True))
    if fingerprint:
        recent = others.values_list("pk", "outputs__fingerprint")[:COMPARED_SOURCES]
        candidates = [(pk, candidate) for pk, candidate in recent if candidate]
        matching = find_same(fingerprint, [candidate for _pk, candidate in candidates])
        source_ids |= {candidates[index][0] for index in matching}
    same_footage = Q(source=clip.source_id) | Q(source__in=source_ids)
    clips = Clip.objects.filter(same_footage).exclude(pk=clip.pk).exclude(submitted_at=None, published_at=None)
    return list(clips.select_related("creator", "source").order_by("pk"))


def find_paid_duplicate(duplicates: list[Clip]) -> Clip | None:
    """Return the oldest duplicate that has earned its fee, or None."""
    codes = [duplicate.code for duplicate in duplicates]
    paid = set(Slot.objects.earned().filter(clip_code__in=codes).values_list("clip_code", flat=True))
    return next((duplicate for duplicate in duplicates if duplicate.code in paid), None)


def find_original(clip: Clip, duplicates: list[Clip]) -> Clip | None:
    """Return the oldest published duplicate that is not itself a copy of `clip`, or None."""
    return next((other for other in duplicates if other.published_at and other.copy_of_id != clip.pk), None)
