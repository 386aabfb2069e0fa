"""Slots of clips that nobody mends: given back when their time is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Subquery

from creators.models import Slot, SlotReason
from creators.slots import release_slot
from videos.models import Clip
from videos.states import ClipState

AWAITING_CREATOR = (ClipState.CHANGES_REQUESTED, ClipState.FAILED)


def expire_held_slots(*, now: datetime, at_most: int = 500) -> int:
    """Release what was held for clips that wait for their creator beyond the terms' days; return how many.

    The clip becomes a draft again, so that it can still be submitted when there is room.
    """
    expired = 0
    waiting = Clip.objects.filter(code=OuterRef("clip_code"), state__in=AWAITING_CREATOR)
    held = Slot.objects.held().select_related("terms").annotate(since=Subquery(waiting.values("state_changed_at")))
    patience = ExpressionWrapper(F("terms__hold_days") * timedelta(days=1), output_field=DurationField())
    for slot in held.filter(since__lte=now - patience).order_by("since")[:at_most]:
        until = now - timedelta(days=slot.terms.hold_days)
        with transaction.atomic():
            clip = Clip.objects.select_for_update().filter(code=slot.clip_code).first()
            if clip is None or clip.state not in AWAITING_CREATOR or clip.state_changed_at > until:
                continue
            Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.DRAFT, now=now, submitted_at=None)
            expired += release_slot(slot_id=slot.pk, reason=SlotReason.EXPIRED, now=now)
    return expired
