"""Moderators' decisions on clips.

A decision applies to the revision that the moderator saw. It changes the clip and its slot in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from creators.models import Slot, SlotReason
from creators.samples import finish_sample
from creators.slots import earn_slot, release_slot
from creators.suspensions import find_suspension, lock_against_suspension
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
from videos.review.post_links import store_links
from videos.states import ClipState

STATE_AFTER: dict[DecisionAction, ClipState] = {
    DecisionAction.APPROVE: ClipState.PUBLISHED,
    DecisionAction.REQUEST_CHANGES: ClipState.CHANGES_REQUESTED,
    DecisionAction.REJECT: ClipState.REJECTED,
    DecisionAction.REMOVE: ClipState.REMOVED,
}
DECIDABLE = frozenset({ClipState.IN_REVIEW, ClipState.APPEALED})


class DecisionRefused(Exception):
    """The decision was refused and nothing changed. The message says why."""


@dataclass(frozen=True)
class DecisionInput:
    """A moderator's decision before it is recorded.

    `words` is the message to the creator. `at_ms` is the time in the clip to which the decision refers.
    """

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
    """Record and return a decision, and apply it to the clip and its slot.

    `revision` is what the moderator saw. Approving a clip turns its held slot into an earned one. Approving a published
    clip that was flagged keeps it published. The audit log records both decisions and refusals.

    Raises DecisionRefused in each of these cases:

    - The clip has been changed or decided on since the moderator opened it.
    - The clip belongs to the moderator, or the appeal is against the moderator's own decision.
    - The decision is not an approval and has no reason.
    - The decision is an approval, but a blocking wording rule matches the caption.
    - The decision is an approval, but the same footage has already been paid for.
    """
    choice = DecisionInput(action, reason, words, at_ms)
    try:
        with transaction.atomic():
            decision = _decide(revision, moderator, choice, now)
    except DecisionRefused as refusal:
        _audit(revision, moderator, AuditAction.REFUSED, now, tried=action.value, why=str(refusal))
        raise
    return decision


@dataclass(frozen=True)
class ManyDecided:
    """What came of a decision on several clips: a record for each, and a sentence for each clip that was refused."""

    decisions: list[Decision]
    refusals: list[str]


def decide_many(*, revisions: Iterable[Revision], moderator: User, choice: DecisionInput, now: datetime) -> ManyDecided:
    """Make the same decision on several clips, and record each decision separately. All get the time `now`."""
    decisions, refusals = [], []
    for revision in revisions:
        try:
            decision = decide(
                revision=revision,
                moderator=moderator,
                action=choice.action,
                reason=choice.reason,
                words=choice.words,
                now=now,
            )
        except DecisionRefused as refusal:
            refusals.append(f"{revision.clip.code}: {refusal}")
        else:
            decisions.append(decision)
    return ManyDecided(decisions, refusals)


def decided_together(decision: Decision) -> QuerySet[Decision]:
    """Return the decisions that were made at once with this one, itself among them, without those that were undone."""
    siblings = Decision.objects.effective().filter(action=decision.action, basis=decision.basis)
    return siblings.filter(moderator=decision.moderator_id, decided_at=decision.decided_at).order_by("pk")


def _decide(revision: Revision, moderator: User, choice: DecisionInput, now: datetime) -> Decision:
    if choice.action != DecisionAction.APPROVE and choice.reason is None:
        raise DecisionRefused(_("Choose a reason."))
    lock_against_suspension(revision.clip.creator_id)
    # FOR NO KEY UPDATE still lets another transaction set `copy_of` to this clip.
    locked = Clip.objects.select_for_update(of=("self",), no_key=True)
    clip = locked.select_related("creator").get(pk=revision.clip_id)
    old = ClipState(clip.state)
    is_publishing = choice.action == DecisionAction.APPROVE and old != ClipState.PUBLISHED
    duplicates = find_duplicates(clip) if is_publishing else []
    if duplicates:
        lock_duplicate_checks()
        duplicates = find_duplicates(clip)
    _check_may_decide(clip, old, revision, moderator, choice.action, duplicates)
    if choice.action == DecisionAction.APPROVE:
        _check_wording(clip)
    decision = Decision.objects.create(
        clip=clip,
        revision=revision,
        moderator=moderator,
        action=choice.action,
        reason=choice.reason,
        words=choice.words,
        at_ms=choice.at_ms,
        state_before=old,
        decided_at=now,
    )
    apply_decision(clip, old, choice.action, now, original=find_original(clip, duplicates))
    Flag.objects.open().filter(clip=clip).update(settled_at=now)
    ReviewLock.objects.filter(clip=clip).delete()
    _audit(revision, moderator, AuditAction.DECIDED, now, decision=decision.pk, outcome=choice.action.value)
    return decision


def _check_may_decide(
    clip: Clip, old: ClipState, revision: Revision, moderator: User, action: DecisionAction, duplicates: list[Clip]
) -> None:
    if clip.creator.user_id == moderator.pk:
        raise DecisionRefused(_("You can't review your own clip."))
    if action == DecisionAction.APPROVE and old != ClipState.PUBLISHED and find_suspension(clip.creator_id):
        raise DecisionRefused(_("This creator is suspended, so their clips can't be approved."))
    latest = clip.revisions.order_by("-number").first()
    if latest is None or latest.pk != revision.pk:
        raise DecisionRefused(
            _("The creator has changed this clip since you opened it. Reload it and review it again.")
        )
    last = clip.decisions.effective().latest_first().select_related("moderator").first()
    is_flagged = old == ClipState.PUBLISHED and Flag.objects.open().filter(clip=clip).exists()
    if action == DecisionAction.REMOVE:
        is_decidable = old == ClipState.PUBLISHED
    else:
        is_decidable = old in DECIDABLE or (is_flagged and action == DecisionAction.APPROVE)
    if not is_decidable:
        raise DecisionRefused(_describe_state(old, last))
    paid = find_paid_duplicate(clip) if duplicates else None
    if paid is not None:
        raise DecisionRefused(_("This footage has already been paid for in clip %(code)s.") % {"code": paid.code})
    if old == ClipState.APPEALED and last is not None and last.moderator_id == moderator.pk:
        raise DecisionRefused(_("This appeal is against your own decision. Another moderator must review it."))


def _check_wording(clip: Clip) -> None:
    """Raise DecisionRefused if a blocking rule matches the caption. This includes rules added since the submission."""
    for match in approval_blockers(evaluate_clip(clip)[0]):
        raise DecisionRefused(
            _("This clip can't be approved because of “%(words)s”: %(why)s")
            % {"words": match.words, "why": match.rule.message}
        )


def _describe_state(state: ClipState, last: Decision | None) -> str:
    """Return a sentence that explains why the clip cannot be decided on. `last` is the latest decision, if any."""
    if last is None:
        return _("This clip is not waiting for a decision. Its state is “%(state)s”.") % {"state": state.label}
    values = {
        "who": last.decided_by,
        "time": date_format(localtime(last.decided_at), "SHORT_DATETIME_FORMAT"),
        "outcome": last.outcome,
    }
    return _("%(who)s has already decided on this clip (%(time)s: %(outcome)s).") % values


def apply_decision(
    clip: Clip, old: ClipState, action: DecisionAction, now: datetime, *, original: Clip | None = None
) -> None:
    """Apply a decision to the clip, its tags and its slot.

    The caller must have locked the clip's row in an open transaction. `original` is the published clip with the same
    footage, if there is one.
    """
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
        published_at = clip.published_at or now
        if is_approved:
            store_links(clip, published_at=published_at, now=now)
        changes = {"published_at": published_at, "copy_of": original} if is_approved else {}
        Clip.objects.move(clip.pk, old, new, now=now, **changes)
        if is_approved:
            finish_sample(clip_code=clip.code)
    slot = Slot.objects.held().filter(clip_code=clip.code).first()
    if slot is None:
        return
    if action == DecisionAction.APPROVE:
        earn_slot(slot_id=slot.pk, now=now)
    elif action == DecisionAction.REJECT:
        release_slot(slot_id=slot.pk, reason=SlotReason.REJECTED, now=now)


def _audit(revision: Revision, moderator: User, action: AuditAction, now: datetime, **details: object) -> None:
    write_audit(
        clip_id=revision.clip_id,
        revision_id=revision.pk,
        moderator_id=moderator.pk,
        action=action,
        at=now,
        **details,
    )
