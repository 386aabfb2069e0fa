"""Take-downs of many clips at once, and how they are undone.

Each clip gets a decision of its own. Those of one take-down have the same moderator and time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from creators.suspensions import lock_against_suspension
from videos.models import AuditAction, Clip, Decision, DecisionAction, Reason
from videos.models.desk import write_audit
from videos.review.decisions import DecisionRefused, decide
from videos.review.grace import reopen_flags
from videos.states import ClipState


@dataclass(frozen=True)
class TakeDown:
    """What came of a take-down: its first decision, the number of clips, and a sentence for each refused clip."""

    first: Decision | None
    count: int
    refusals: list[str]


def take_down(*, clips: Iterable[Clip], moderator: User, reason: Reason, words: str, now: datetime) -> TakeDown:
    """Take down published clips. Each is decided by itself; those that are refused stay as they are."""
    decisions, refusals = [], []
    for clip in clips:
        revision = clip.revisions.order_by("-number").first()
        if revision is None:
            continue
        try:
            decision = decide(
                revision=revision,
                moderator=moderator,
                action=DecisionAction.REMOVE,
                reason=reason,
                words=words,
                now=now,
            )
            decisions.append(decision)
        except DecisionRefused as refusal:
            refusals.append(f"{clip.code}: {refusal}")
    return TakeDown(decisions[0] if decisions else None, len(decisions), refusals)


def same_take_down(decision: Decision) -> QuerySet[Decision]:
    """Return the decisions of a take-down that have not been undone, given any of them."""
    siblings = Decision.objects.effective().filter(action=DecisionAction.REMOVE)
    return siblings.filter(moderator=decision.moderator_id, decided_at=decision.decided_at).order_by("pk")


def undo_take_down(*, decision: Decision, moderator: User, now: datetime) -> list[Clip]:
    """Publish the clips of a take-down again, and return them. Any moderator may, at any time.

    Clips that have changed since, by an appeal for example, and the moderator's own stay as they are.
    """
    siblings = same_take_down(decision).select_related("clip__creator__user")
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
