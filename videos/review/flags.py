"""Flags: reasons for a moderator to review a clip again.

Any app may raise a flag. A decision on the clip settles all its open flags.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from videos.models import Clip, Flag, FlagKind
from videos.states import ClipState


def raise_flag(
    *, clip_id: int, kind: FlagKind, note: str = "", weight: int = 1, credible_weight: int | None = None, now: datetime
) -> None:
    """Open a flag on the clip. If a flag of this kind is already open, add the weights to it instead.

    `credible_weight` is the part of the weight that may rank or hide the clip before a moderator has looked at it. By
    default it is all of it.
    """
    credible_weight = weight if credible_weight is None else credible_weight
    open_flags = Flag.objects.open().filter(clip_id=clip_id, kind=kind)
    more = {"weight": F("weight") + weight, "credible_weight": F("credible_weight") + credible_weight}
    if open_flags.update(note=note, **more):
        return
    try:
        with transaction.atomic():
            Flag.objects.create(
                clip_id=clip_id, kind=kind, note=note, weight=weight, credible_weight=credible_weight, raised_at=now
            )
    except IntegrityError:  # another worker has opened the flag since the update
        open_flags.update(**more)


def settle_flags(*, clip_ids: Iterable[int], kind: FlagKind, now: datetime) -> None:
    """Settle the clips' open flags of one kind without a decision, because their cause no longer exists."""
    Flag.objects.open().filter(clip__in=clip_ids, kind=kind).update(settled_at=now)


def unpublish_for_review(*, clip_id: int, now: datetime) -> bool:
    """Hide a published clip until a moderator has reviewed it. Return False if the clip was not published.

    The creator keeps the fee.
    """
    return Clip.objects.move(clip_id, ClipState.PUBLISHED, ClipState.IN_REVIEW, now=now)
