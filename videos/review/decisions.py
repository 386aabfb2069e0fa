"""Decisions on clips: bound to the revision that was seen, paid in the same transaction, undone within half a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from creators.models import Slot, SlotReason
from creators.slots import earn_slot, release_slot
from videos.models import (
    AuditAction,
    Clip,
    Decision,
    DecisionAction,
    Flag,
    ProductTag,
    Reason,
    ReviewLock,
    Revision,
)
from videos.models.desk import write_audit
from videos.review.caption_rules import approval_blockers, evaluate_clip
from videos.review.duplicates import find_duplicates, find_original, find_paid_duplicate, lock_duplicate_checks
from videos.states import ClipState

STATE_AFTER: dict[DecisionAction, ClipState] = {
    DecisionAction.APPROVE: ClipState.PUBLISHED,
    DecisionAction.REQUEST_CHANGES: ClipState.CHANGES_REQUESTED,
    DecisionAction.REJECT: ClipState.REJECTED,
    DecisionAction.REMOVE: ClipState.REMOVED,
}
DECIDABLE = frozenset({ClipState.IN_REVIEW, ClipState.APPEALED})


class DecisionRefused(Exception):
    """The decision was not taken and nothing changed; the message says why."""


@dataclass(frozen=True)
class DecisionInput:
    """What a moderator decided, and what the creator is told."""

    action: DecisionAction
    reason: Reason | None = None
    words: str = ""
    at_ms: int | None = None


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

    Approving a published clip that was flagged keeps it published. Raises DecisionRefused when the clip has changed or
    was decided meanwhile, when it is the moderator's own, or when a refusal has no reason; the audit keeps either.
    """
    verdict = DecisionInput(action, reason, words, at_ms)
    try:
        with transaction.atomic():
            decision = _decide(revision, moderator, verdict, now)
    except DecisionRefused as refusal:
        _note(revision, moderator, AuditAction.REFUSED, now, tried=action.value, why=str(refusal))
        raise
    return decision


def decide_many(*, revisions: Sequence[Revision], moderator: User, verdict: DecisionInput, now: datetime) -> list[str]:
    """Decide alike on several clips, one record each; return a sentence for each that was refused."""
    refused = []
    for revision in revisions:
        try:
            decide(
                revision=revision,
                moderator=moderator,
                action=verdict.action,
                reason=verdict.reason,
                words=verdict.words,
                now=now,
            )
        except DecisionRefused as refusal:
            refused.append(f"{revision.clip.code}: {refusal}")
    return refused


def _decide(revision: Revision, moderator: User, verdict: DecisionInput, now: datetime) -> Decision:
    if verdict.action != DecisionAction.APPROVE and verdict.reason is None:
        raise DecisionRefused(_("Choose a reason."))
    # Without the key: another clip may name this one as its original meanwhile.
    locked = Clip.objects.select_for_update(of=("self",), no_key=True)
    clip = locked.select_related("creator").get(pk=revision.clip_id)
    old = ClipState(clip.state)
    is_publishing = verdict.action == DecisionAction.APPROVE and old != ClipState.PUBLISHED
    twins = find_duplicates(clip) if is_publishing else []
    if twins:
        lock_duplicate_checks()
        twins = find_duplicates(clip)
    _check_may_decide(clip, old, revision, moderator, verdict.action, twins)
    if verdict.action == DecisionAction.APPROVE:
        _check_wording(clip)
    decision = Decision.objects.create(
        clip=clip,
        revision=revision,
        moderator=moderator,
        action=verdict.action,
        reason=verdict.reason,
        words=verdict.words,
        at_ms=verdict.at_ms,
        state_before=old,
        decided_at=now,
    )
    apply_decision(clip, old, verdict.action, now, original=find_original(clip, twins))
    Flag.objects.open().filter(clip=clip).update(settled_at=now)
    ReviewLock.objects.filter(clip=clip).delete()
    _note(revision, moderator, AuditAction.DECIDED, now, decision=decision.pk, outcome=verdict.action.value)
    return decision


def _check_may_decide(
    clip: Clip, old: ClipState, revision: Revision, moderator: User, action: DecisionAction, twins: list[Clip]
) -> None:
    if clip.creator.user_id == moderator.pk:
        raise DecisionRefused(_("Nobody decides on a clip of their own."))
    latest = clip.revisions.order_by("-number").first()
    if latest is None or latest.pk != revision.pk:
        raise DecisionRefused(_("The creator has changed this clip since you opened it. Please look again."))
    last = clip.decisions.effective().latest_first().select_related("moderator").first()
    is_flagged = old == ClipState.PUBLISHED and Flag.objects.open().filter(clip=clip).exists()
    if action == DecisionAction.REMOVE:
        is_waiting = old == ClipState.PUBLISHED
    else:
        is_waiting = old in DECIDABLE or (is_flagged and action == DecisionAction.APPROVE)
    if not is_waiting:
        raise DecisionRefused(_already_decided(old, last))
    twin = find_paid_duplicate(twins)
    if twin is not None:
        raise DecisionRefused(_("The same pictures were paid for already in clip %(code)s.") % {"code": twin.code})
    if old == ClipState.APPEALED and last is not None and last.moderator_id == moderator.pk:
        raise DecisionRefused(_("You made the decision that is appealed. Another moderator has to look at it."))


def _check_wording(clip: Clip) -> None:
    """Refuse to approve what a rule blocks, also where the rule is younger than the submission."""
    for hit in approval_blockers(evaluate_clip(clip)[0]):
        raise DecisionRefused(
            _("“%(words)s” keeps this clip from approval: %(why)s") % {"words": hit.words, "why": hit.rule.message}
        )


def _already_decided(state: ClipState, last: Decision | None) -> str:
    if last is None:
        return _("This clip does not wait for a decision: it is “%(state)s”.") % {"state": state.label}
    values = {
        "who": last.decided_by,
        "time": date_format(localtime(last.decided_at), "SHORT_DATETIME_FORMAT"),
        "outcome": last.outcome,
    }
    return _("%(who)s decided on this clip already (%(time)s: %(outcome)s).") % values


def apply_decision(
    clip: Clip, old: ClipState, action: DecisionAction, now: datetime, *, original: Clip | None = None
) -> None:
    """Move the clip and its slot as the decision says, inside the caller's transaction and under its lock."""
    new = STATE_AFTER[action]
    if action == DecisionAction.APPROVE:
        price = Product.objects.filter(pk=OuterRef("product")).values("price_minor")
        name = Product.objects.filter(pk=OuterRef("product")).values("name")
        stock = Product.objects.filter(pk=OuterRef("product")).values("stock")
        tags = ProductTag.objects.filter(clip=clip)
        tags.update(approved_price_minor=Subquery(price), approved_name=Subquery(name), approved_stock=Subquery(stock))
        Clip.objects.filter(pk=clip.pk, drifted_at__isnull=False).update(drifted_at=None, updated_at=now)
    if new != old:
        is_approved = action == DecisionAction.APPROVE
        also = {"published_at": clip.published_at or now, "copy_of": original} if is_approved else {}
        Clip.objects.move(clip.pk, old, new, now=now, **also)
    held = Slot.objects.held().filter(clip_code=clip.code).first()
    if held is None:
        return
    if action == DecisionAction.APPROVE:
        earn_slot(slot_id=held.pk, now=now)
    elif action == DecisionAction.REJECT:
        release_slot(slot_id=held.pk, reason=SlotReason.REJECTED, now=now)


def _note(revision: Revision, moderator: User, action: AuditAction, now: datetime, **details: object) -> None:
    write_audit(
        clip_id=revision.clip_id,
        revision_id=revision.pk,
        moderator_id=moderator.pk,
        action=action,
        at=now,
        **details,
    )
