"""Taking a decision back within its moment of grace."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Slot
from creators.slots import GRACE_PERIOD, SlotRefused, hold_slot, revert_earned_slot
from videos.models import AuditAction, Clip, Decision, DecisionAction, Flag
from videos.models.desk import write_audit
from videos.review.decisions import STATE_AFTER
from videos.states import ClipState


class UndoRefused(Exception):
    """The decision stands; the message says why."""


def undo_decision(*, decision_id: int, moderator: User, now: datetime) -> Clip:
    """Put the clip, its place in the queue and its slot back to before the decision. Raises UndoRefused."""
    with transaction.atomic():
        found = Decision.objects.select_related("revision").get(pk=decision_id)
        locked = Clip.objects.select_for_update(of=("self",))
        clip = locked.select_related("enrolment__campaign", "enrolment__terms").get(pk=found.clip_id)
        _check_may_undo(clip, found, moderator, now)
        changed = Decision.objects.effective().filter(pk=found.pk, mailed_at=None).update(undone_at=now)
        if not changed:
            raise UndoRefused(_("This decision cannot be undone any more."))
        before, after = ClipState(found.state_before), ClipState(clip.state)
        was_new = found.action == DecisionAction.APPROVE and clip.published_at == found.decided_at
        also = {"published_at": None} if was_new else {}
        if before != after:
            Clip.objects.move(clip.pk, after, before, now=now, **also)
        _put_slot_back(clip, found, now)
        _raise_flags_again(clip, found)
        write_audit(
            clip_id=clip.pk,
            revision_id=found.revision_id,
            moderator_id=moderator.pk,
            action=AuditAction.UNDID,
            at=now,
            decision=found.pk,
        )
    clip.refresh_from_db()
    return clip


def _check_may_undo(clip: Clip, found: Decision, moderator: User, now: datetime) -> None:
    latest = clip.decisions.effective().latest_first().first()
    if found.moderator_id != moderator.pk:
        raise UndoRefused(_("Only who decided can undo a decision."))
    if latest is None or latest.pk != found.pk or clip.state != STATE_AFTER[DecisionAction(found.action)]:
        raise UndoRefused(_("The clip has moved on since."))
    if now - found.decided_at > GRACE_PERIOD:
        raise UndoRefused(
            _("A decision can be undone for %(seconds)d seconds, and that time is over.")
            % {"seconds": GRACE_PERIOD.seconds}
        )


def _raise_flags_again(clip: Clip, found: Decision) -> None:
    raised_since = Flag.objects.open().filter(clip=clip).values("kind")
    settled = Flag.objects.filter(clip=clip, settled_at=found.decided_at).exclude(kind__in=raised_since)
    settled.update(settled_at=None)


def _put_slot_back(clip: Clip, found: Decision, now: datetime) -> None:
    slot = Slot.objects.filter(clip_code=clip.code, settled_at=found.decided_at).order_by("-pk").first()
    if slot is None or clip.enrolment is None:
        return
    if found.action == DecisionAction.APPROVE:
        if not revert_earned_slot(slot_id=slot.pk, now=now):
            raise UndoRefused(_("The fee was booked already, so the decision stands."))
    elif found.action == DecisionAction.REJECT:
        try:
            hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=found.revision.submitted_at)
        except SlotRefused as refusal:
            raise UndoRefused(str(refusal)) from refusal
