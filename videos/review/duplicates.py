"""Clips that show what another clip shows already: found for the moderator, never paid twice, ranked lower."""

from django.db import connection
from django.db.models import Q

from creators.models import Slot
from videos.media.fingerprint import find_same
from videos.models import Clip, Source

COMPARED_SOURCES = 10_000
"""How many of the latest files a new one is compared with: under a second."""

_TURN = 5_201_314
"""Number of the lock that approvals of copies take, one of PostgreSQL's advisory ones."""


def lock_duplicate_checks() -> None:
    """Let no two copies be approved at the same moment, each unseen by the other; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def find_duplicates(clip: Clip) -> list[Clip]:
    """Return other submitted clips with the same bytes or the same pictures, whoever sent them, oldest first."""
    if clip.source is None:
        return []
    mine = clip.source.outputs.get("fingerprint", "")
    others = Source.objects.exclude(pk=clip.source.pk).order_by("-pk")
    alike = set(others.filter(sha256=clip.source.sha256).values_list("pk", flat=True))
    if mine:
        recent = others.values_list("pk", "outputs__fingerprint")[:COMPARED_SOURCES]
        known = [(pk, theirs) for pk, theirs in recent if theirs]
        alike |= {known[place][0] for place in find_same(mine, [theirs for _pk, theirs in known])}
    same_pictures = Q(source=clip.source_id) | Q(source__in=alike)
    clips = Clip.objects.filter(same_pictures).exclude(pk=clip.pk).exclude(submitted_at=None, published_at=None)
    return list(clips.select_related("creator", "source").order_by("pk"))


def find_paid_duplicate(twins: list[Clip]) -> Clip | None:
    """Return the first of the clips with the same pictures that has earned its fee, if there is one."""
    earned = set(Slot.objects.earned().filter(clip_code__in=[twin.code for twin in twins]).values_list("clip_code"))
    return next((twin for twin in twins if (twin.code,) in earned), None)


def find_original(clip: Clip, twins: list[Clip]) -> Clip | None:
    """Return the clip that was published before with the same pictures; never one that is itself a copy of this."""
    return next((twin for twin in twins if twin.published_at and twin.copy_of_id != clip.pk), None)
