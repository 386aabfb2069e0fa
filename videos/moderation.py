"""Decisions on clips: bound to the revision that was seen, and paid in the same transaction."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Slot, SlotReason
from creators.slots import earn_slot, release_slot
from videos.models import Clip, Decision, DecisionAction, Reason, Revision
from videos.states import ClipState

TARGETS: dict[DecisionAction, ClipState] = {
    DecisionAction.APPROVE: ClipState.PUBLISHED,
    DecisionAction.REQUEST_CHANGES: ClipState.CHANGES_REQUESTED,
    DecisionAction.REJECT: ClipState.REJECTED,
    DecisionAction.REMOVE: ClipState.REMOVED,
}


class DecisionRefused(Exception):
    """The decision was not taken and nothing changed; the message says why."""


def decide(
    *,
    revision: Revision,
    moderator: User,
    action: DecisionAction,
    now: datetime,
    reason: Reason | None = None,
    words: str = "",
    at_ms: int | None = None,
) -> Decision:
    """Decide on the revision that the moderator saw; approval earns the slot in the same transaction.

    Raises DecisionRefused when the clip has changed or was decided meanwhile, when it is the moderator's own, or when
    a refusal has no reason.
    """
    if action != DecisionAction.APPROVE and reason is None:
        raise DecisionRefused(_("Choose a reason."))
    with transaction.atomic():
        clip = Clip.objects.select_for_update(of=("self",)).select_related("creator").get(pk=revision.clip_id)
        if clip.creator.user_id == moderator.pk:
            raise DecisionRefused(_("Nobody decides on a clip of their own."))
        latest = clip.revisions.order_by("-number").first()
        if latest is None or latest.pk != revision.pk:
            raise DecisionRefused(_("The creator has changed this clip since you opened it. Please look again."))
        old = ClipState(clip.state)
        waiting = (
            (ClipState.PUBLISHED,) if action == DecisionAction.REMOVE else (ClipState.IN_REVIEW, ClipState.APPEALED)
        )
        if old not in waiting:
            raise DecisionRefused(_("This clip was decided already: it is “%(state)s”.") % {"state": old.label})
        if old == ClipState.APPEALED and _decided_last(clip) == moderator.pk:
            raise DecisionRefused(_("You made the decision that is appealed. Another moderator has to look at it."))
        _settle(clip, old, action, now)
        return Decision.objects.create(
            clip=clip,
            revision=revision,
            moderator=moderator,
            action=action,
            reason=reason,
            words=words,
            at_ms=at_ms,
            decided_at=now,
        )


def _decided_last(clip: Clip) -> int | None:
    return clip.decisions.order_by("-decided_at", "-pk").values_list("moderator_id", flat=True).first()


def _settle(clip: Clip, old: ClipState, action: DecisionAction, now: datetime) -> None:
    also = {"published_at": clip.published_at or now} if action == DecisionAction.APPROVE else {}
    Clip.objects.move(clip.pk, old, TARGETS[action], now=now, **also)
    held = Slot.objects.held().filter(clip_code=clip.code).first()
    if held is None:
        return
    if action == DecisionAction.APPROVE:
        earn_slot(slot_id=held.pk, now=now)
    elif action == DecisionAction.REJECT:
        release_slot(slot_id=held.pk, reason=SlotReason.REJECTED, now=now)
