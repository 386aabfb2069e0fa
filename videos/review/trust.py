"""Creators whose record speaks for them: their clips may skip the queue, but for a share that is checked all the same.

Off unless the shop sets TRUST_AFTER_APPROVALS. A clip goes live on trust only where there is nothing to judge: it is new
(nobody has decided on it before), no rule beyond a hint fires in what it writes or says, nobody has flagged it, no other
clip shows the same pictures, and none of its products is only for adults. All else waits for a moderator like any clip.
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction

from creators.models import Creator
from videos.models import AuditAction, Clip, Decision, DecisionAction, DecisionBasis, FlagKind, Revision
from videos.models.desk import write_audit
from videos.review.caption_rules import evaluate_clip, submission_blockers
from videos.review.decisions import apply_decision
from videos.review.duplicates import find_duplicates, lock_duplicate_checks
from videos.review.flags import raise_flag
from videos.states import ClipState


def publish_on_trust(*, clip_id: int, now: datetime) -> bool:
    """Publish a clip that has just come to review when its creator's record allows it; False when it waits.

    What is drawn for a spot check waits with a flag that says so. The audit names the record, or the draw.
    """
    if settings.TRUST_AFTER_APPROVALS <= 0:
        return False
    with transaction.atomic():
        locked = Clip.objects.select_for_update(of=("self",))
        clip = locked.select_related("creator", "source", "enrolment").get(pk=clip_id)
        revision = clip.revisions.order_by("-number").first()
        if revision is None or clip.state != ClipState.IN_REVIEW or not is_trusted(clip.creator):
            return False
        lock_duplicate_checks()  # a copy may be finished at this very moment
        if not needs_no_review(clip):
            return False
        if is_spot_checked(clip):
            raise_flag(clip_id=clip.pk, kind=FlagKind.SPOT_CHECK, now=now)
            _note(clip, revision, AuditAction.SPOT_CHECK, now)
            return False
        _approve(clip, revision, now)
    return True


def is_trusted(creator: Creator) -> bool:
    """Tell whether moderators approved the creator's latest clips without exception: as many as the setting asks."""
    needed = settings.TRUST_AFTER_APPROVALS
    looked_at = Decision.objects.effective().by_moderators().filter(clip__creator=creator).latest_first()
    latest = list(looked_at.values_list("action", flat=True)[:needed])
    return needed > 0 and len(latest) == needed and set(latest) == {DecisionAction.APPROVE.value}


def needs_no_review(clip: Clip) -> bool:
    if clip.is_age_restricted or clip.decisions.exists() or clip.flags.open().exists():
        return False
    written, said = evaluate_clip(clip)
    return not submission_blockers([*written, *said]) and not find_duplicates(clip)


def is_spot_checked(clip: Clip) -> bool:
    """Draw the share for the spot check; by the clip's random code, so that submitting again does not draw again."""
    number = int.from_bytes(hashlib.sha256(f"spot {clip.code}".encode()).digest()[:4])
    return number % 100 < settings.TRUST_SPOT_CHECK_PERCENT


def _approve(clip: Clip, revision: Revision, now: datetime) -> None:
    Decision.objects.create(
        clip=clip,
        revision=revision,
        basis=DecisionBasis.TRUST,
        action=DecisionAction.APPROVE,
        state_before=ClipState.IN_REVIEW,
        decided_at=now,
    )
    apply_decision(clip, ClipState.IN_REVIEW, DecisionAction.APPROVE, now)
    _note(clip, revision, AuditAction.TRUSTED, now)


def _note(clip: Clip, revision: Revision, action: AuditAction, now: datetime) -> None:
    write_audit(
        clip_id=clip.pk,
        revision_id=revision.pk,
        moderator_id=None,
        action=action,
        at=now,
        approvals=settings.TRUST_AFTER_APPROVALS,
        spot_check_percent=settings.TRUST_SPOT_CHECK_PERCENT,
    )
