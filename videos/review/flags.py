"""Raising a clip for another look. Apps to the right call this; a decision settles what was raised."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from videos.models import Clip, Flag, FlagKind
from videos.states import ClipState


def raise_flag(*, clip_id: int, kind: FlagKind, note: str = "", weight: int = 1, now: datetime) -> None:
    """Open a flag, or add to the one of its kind that is open."""
    open_flags = Flag.objects.open().filter(clip_id=clip_id, kind=kind)
    if open_flags.update(weight=F("weight") + weight, note=note):
        return
    try:
        with transaction.atomic():
            Flag.objects.create(clip_id=clip_id, kind=kind, note=note, weight=weight, raised_at=now)
    except IntegrityError:  # somebody opened it between the two statements
        open_flags.update(weight=F("weight") + weight)


def settle_flags(*, clip_ids: Iterable[int], kind: FlagKind, now: datetime) -> None:
    """Close what was raised, where the cause is gone by itself."""
    Flag.objects.open().filter(clip__in=clip_ids, kind=kind).update(settled_at=now)


def unpublish_for_review(*, clip_id: int, now: datetime) -> bool:
    """Take a published clip out of sight until a moderator has looked; the creator keeps the fee."""
    return Clip.objects.move(clip_id, ClipState.PUBLISHED, ClipState.IN_REVIEW, now=now)
