"""Take-downs of many clips at once, and how they are undone.

Each clip gets a decision of its own. Those of one take-down have the same moderator and time.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from creators.suspensions import lock_against_suspension
from videos.models import AuditAction, Clip, Decision, DecisionAction, Reason
from videos.models.desk import write_audit
from videos.review.decisions import DecisionInput, ManyDecided, decide_many, decided_together
from videos.review.grace import reopen_flags
from videos.states import ClipState


def take_down(*, clips: Iterable[Clip], moderator: User, reason: Reason, words: str, now: datetime) -> ManyDecided:
    """Take down published clips. Each is decided by itself; those that are refused stay as they are."""
    latest = (clip.revisions.order_by("-number").first() for clip in clips)
    revisions = [revision for revision in latest if revision is not None]
    choice = DecisionInput(DecisionAction.REMOVE, reason, words)
    return decide_many(revisions=revisions, moderator=moderator, choice=choice, now=now)


def undo_take_down(*, decision: Decision, moderator: User, now: datetime) -> list[Clip]:
    """Publish the clips of a take-down again, and return them. Any moderator may, at any time.

    Clips that have changed since, by an appeal for example, and the moderator's own stay as they are.
    """
    siblings = decided_together(decision).select_related("clip__creator__user")
    others = [sibling for sibling in siblings if sibling.clip.creator.user_id != moderator.pk]
    return [sibling.clip for sibling in others if _restore(sibling, moderator, now)]


def _restore(decision: Decision, moderator: User, now: datetime) -> bool:
    with transaction.atomic():
        lock_against_suspension(decision.clip.creator_id)
        clip = Clip.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.clip_id)
        latest = clip.decisions.effective().latest_first().first()
        if clip.state != ClipState.REMOVED or latest is None or latest.pk != decision.pk:
            return False
        Decision.objects.filter(pk=decision.pk).update(undone_at=now)
        Clip.objects.move(clip.pk, ClipState.REMOVED, ClipState(decision.state_before), now=now)
        reopen_flags(clip, decision)
        write_audit(
            clip_id=clip.pk,
            revision_id=decision.revision_id,
            moderator_id=moderator.pk,
            action=AuditAction.UNDID,
            at=now,
            decision=decision.pk,
        )
    return True
