"""Appeals against decisions. Each decision can be appealed once, and another moderator reviews the appeal."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creators.models import Slot
from creators.slots import SlotRefused, hold_slot
from creators.suspensions import refuse_suspended
from videos.models import Appeal, Clip, Decision
from videos.states import ClipState

APPEALABLE = frozenset({ClipState.REJECTED, ClipState.REMOVED})


class NotAppealable(Exception):
    """The clip has no decision to appeal, the decision was already appealed, or the campaign has no free slot."""


def appeal_decision(*, clip_id: int, words: str, now: datetime) -> Appeal:
    """Record an appeal against the decision on a rejected or removed clip, and return it. Raises NotAppealable.

    Also raises CreatorSuspended. `words` is the creator's argument. The clip goes back to the review queue, and another moderator reviews it.
    """
    try:
        with transaction.atomic():
            refuse_suspended(Clip.objects.values_list("creator", flat=True).get(pk=clip_id))
            locked = Clip.objects.select_for_update(of=("self",))
            clip = locked.select_related("enrolment__campaign", "enrolment__terms").get(pk=clip_id)
            decision = clip.decisions.effective().latest_first().first()
            if clip.state not in APPEALABLE or decision is None:
                raise NotAppealable(_("There is no decision to appeal."))
            appeal = Appeal.objects.create(decision=decision, words=words, appealed_at=now)
            _hold_slot_again(clip, decision)
            Clip.objects.move(clip.pk, ClipState(clip.state), ClipState.APPEALED, now=now, submitted_at=now)
    except IntegrityError as error:
        raise NotAppealable(_("You have already appealed this decision.")) from error
    return appeal


def _hold_slot_again(clip: Clip, decision: Decision) -> None:
    """Hold a new slot for a clip whose slot was released. Raises NotAppealable if the campaign has no free slot.

    The slot is dated to the rejected submission. A successful appeal is therefore paid even if the campaign has closed
    since.
    """
    if clip.enrolment is None or Slot.objects.active().filter(clip_code=clip.code).exists():
        return
    try:
        hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=decision.revision.submitted_at, is_new=False)
    except SlotRefused as refusal:
        raise NotAppealable(
            _("This campaign has no free slot, so a successful appeal could not be paid. Try again later.")
        ) from refusal
