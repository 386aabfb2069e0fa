"""The grace period after a decision, in which its moderator can undo it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Slot
from creators.slots import GRACE_PERIOD, SlotRefused, hold_slot, revert_earned_slot
from creators.suspensions import find_suspension, lock_against_suspension
from videos.models import AuditAction, Clip, Decision, DecisionAction, Flag
from videos.models.desk import write_audit
from videos.review.decisions import STATE_AFTER
from videos.states import ClipState


class UndoRefused(Exception):
    """The decision cannot be undone. The message says why."""


def undo_decision(*, decision_id: int, moderator: User, now: datetime) -> Clip:
    """Undo a decision and return its clip. The clip gets back its former state, slot and flags. Raises UndoRefused."""
    with transaction.atomic():
        decision = Decision.objects.select_related("revision", "clip").get(pk=decision_id)
        lock_against_suspension(decision.clip.creator_id)
        locked = Clip.objects.select_for_update(of=("self",))
        clip = locked.select_related("enrolment__campaign", "enrolment__terms").get(pk=decision.clip_id)
        _check_may_undo(clip, decision, moderator, now)
        undone = Decision.objects.effective().filter(pk=decision.pk, mailed_at=None).update(undone_at=now)
        if not undone:
            raise UndoRefused(_("This decision can no longer be undone."))
        before, after = ClipState(decision.state_before), ClipState(clip.state)
        was_first_publication = decision.action == DecisionAction.APPROVE and clip.published_at == decision.decided_at
        changes = {"published_at": None} if was_first_publication else {}
        if before != after:
            Clip.objects.move(clip.pk, after, before, now=now, **changes)
        _restore_slot(clip, decision, now)
        reopen_flags(clip, decision)
        write_audit(
            clip_id=clip.pk,
            revision_id=decision.revision_id,
            moderator_id=moderator.pk,
            action=AuditAction.UNDID,
            at=now,
            decision=decision.pk,
        )
    clip.refresh_from_db()
    return clip


def check_undoable(decision: Decision, moderator: User, now: datetime) -> None:
    """Raise UndoRefused unless the moderator made the decision within the grace period. It looks at nothing else."""
    if decision.moderator_id != moderator.pk:
        raise UndoRefused(_("Only the moderator who made a decision can undo it."))
    if decision.undone_at is not None or decision.mailed_at is not None:
        raise UndoRefused(_("This decision can no longer be undone."))
    if now - decision.decided_at > GRACE_PERIOD:
        raise UndoRefused(
            _("A decision can be undone for %(seconds)d seconds, and that time has passed.")
            % {"seconds": GRACE_PERIOD.seconds}
        )


def _check_may_undo(clip: Clip, decision: Decision, moderator: User, now: datetime) -> None:
    latest = clip.decisions.effective().latest_first().first()
    check_undoable(decision, moderator, now)
    if latest is None or latest.pk != decision.pk or clip.state != STATE_AFTER[DecisionAction(decision.action)]:
        raise UndoRefused(_("The clip has changed since this decision."))
    if find_suspension(clip.creator_id) and decision.action != DecisionAction.REMOVE:
        raise UndoRefused(_("The creator was suspended since this decision."))


def reopen_flags(clip: Clip, decision: Decision) -> None:
    """Reopen the flags that the decision settled. Skip a flag if another of the same kind has been raised since."""
    raised_since = Flag.objects.open().filter(clip=clip).values("kind")
    settled = Flag.objects.filter(clip=clip, settled_at=decision.decided_at).exclude(kind__in=raised_since)
    settled.update(settled_at=None)


def _restore_slot(clip: Clip, decision: Decision, now: datetime) -> None:
    slot = Slot.objects.filter(clip_code=clip.code, settled_at=decision.decided_at).order_by("-pk").first()
    if slot is None or clip.enrolment is None:
        return
    if decision.action == DecisionAction.APPROVE:
        if not revert_earned_slot(slot_id=slot.pk, now=now):
            raise UndoRefused(
                _("The fee has already been posted to the ledger, so this decision can no longer be undone.")
            )
    elif decision.action == DecisionAction.REJECT:
        try:
            hold_slot(enrolment=clip.enrolment, clip_code=clip.code, now=decision.revision.submitted_at, is_new=False)
        except SlotRefused as refusal:
            raise UndoRefused(
                _("The clip's slot is no longer available, so this decision can no longer be undone.")
            ) from refusal
