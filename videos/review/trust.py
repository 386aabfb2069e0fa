"""Publication without review for trusted creators, whose latest clips were all approved by moderators.

This is off unless TRUST_AFTER_APPROVALS is set. A clip qualifies only if all of these are true:

- It has no earlier decision, no open flag and no duplicate.
- No wording rule stricter than a hint matches its caption or transcript.
- None of its products is for adults only.

Some of the clips that qualify are selected for a spot check. These clips still wait for a moderator, as do all clips
that do not qualify.
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction

from creators.models import Creator
from creators.suspensions import find_suspension, is_linked_to_suspended
from videos.models import AuditAction, Clip, Decision, DecisionAction, DecisionBasis, FlagKind, Revision
from videos.models.desk import write_audit
from videos.review.caption_rules import evaluate_clip, submission_blockers
from videos.review.decisions import apply_decision
from videos.review.duplicates import find_duplicates, lock_duplicate_checks
from videos.review.flags import raise_flag
from videos.states import ClipState


def publish_on_trust(*, clip_id: int, now: datetime) -> bool:
    """Publish a clip without review if its creator is trusted and the clip qualifies.

    Return whether the clip was published. A clip that is selected for a spot check is flagged instead. The audit log
    records both publications and spot checks.
    """
    if settings.TRUST_AFTER_APPROVALS <= 0:
        return False
    with transaction.atomic():
        locked = Clip.objects.select_for_update(of=("self",))
        clip = locked.select_related("creator", "source", "enrolment").get(pk=clip_id)
        revision = clip.revisions.order_by("-number").first()
        if revision is None or clip.state != ClipState.IN_REVIEW or not is_trusted(clip.creator):
            return False
        lock_duplicate_checks()  # a copy may be published at the same time
        if not needs_no_review(clip):
            return False
        if is_spot_checked(clip):
            raise_flag(clip_id=clip.pk, kind=FlagKind.SPOT_CHECK, now=now)
            _audit(clip, revision, AuditAction.SPOT_CHECK, now)
            return False
        _approve(clip, revision, now)
    return True


def is_trusted(creator: Creator) -> bool:
    """Return whether moderators' latest decisions on this creator's clips were all approvals.

    TRUST_AFTER_APPROVALS is the number of decisions that count. Return False if the creator has fewer, and also if signs
    say that the person is suspended under another profile.
    """
    required = settings.TRUST_AFTER_APPROVALS
    if find_suspension(creator.pk) or is_linked_to_suspended(creator.pk):
        return False
    decisions = Decision.objects.effective().by_moderators().filter(clip__creator=creator).latest_first()
    latest = list(decisions.values_list("action", flat=True)[:required])
    return required > 0 and len(latest) == required and set(latest) == {DecisionAction.APPROVE.value}


def needs_no_review(clip: Clip) -> bool:
    """Return whether the clip qualifies for publication without review, assuming that its creator is trusted."""
    if clip.is_age_restricted or clip.decisions.exists() or clip.flags.open().exists():
        return False
    written, spoken = evaluate_clip(clip)
    return not submission_blockers([*written, *spoken]) and not find_duplicates(clip)


def is_spot_checked(clip: Clip) -> bool:
    """Return whether the clip is selected for a spot check. TRUST_SPOT_CHECK_PERCENT sets the share of such clips.

    The selection depends only on the clip's code, so resubmitting does not change it.
    """
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
    _audit(clip, revision, AuditAction.TRUSTED, now)


def _audit(clip: Clip, revision: Revision, action: AuditAction, now: datetime) -> None:
    write_audit(
        clip_id=clip.pk,
        revision_id=revision.pk,
        moderator_id=None,
        action=action,
        at=now,
        approvals=settings.TRUST_AFTER_APPROVALS,
        spot_check_percent=settings.TRUST_SPOT_CHECK_PERCENT,
    )
