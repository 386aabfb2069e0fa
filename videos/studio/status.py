"""The status of a clip as its creator sees it in the studio and through the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from creators.waitlist import waitlist_number
from videos.models import Clip, Decision, Job, JobKind
from videos.review.appeals import APPEALABLE
from videos.review.deadlines import QUEUED_STATES, estimate_review
from videos.states import EDITABLE, REVISABLE, WITHDRAWABLE, ClipState
from videos.studio.deletion import is_deletable
from videos.studio.unfinished import describe_unfinished


@dataclass(frozen=True)
class Status:
    """A clip's status as its creator sees it.

    `percent` is the processing progress. `is_final` means that clients can stop polling. `position` is the place in the
    review queue, and `waitlist_position` the place on the waitlist. Both start at 1.
    """

    state: str
    label: str
    tone: str
    sentence: str
    percent: int
    is_final: bool
    position: int | None = None
    median_time: timedelta | None = None
    due_at: datetime | None = None
    waitlist_position: int | None = None


TONES = {
    ClipState.PUBLISHED: "good",
    ClipState.REJECTED: "bad",
    ClipState.REMOVED: "bad",
    ClipState.FAILED: "bad",
    ClipState.DRAFT: "plain",
}


def read_status(clip: Clip) -> Status:
    """Return the clip's current status, with sentences in the active language."""
    state = ClipState(clip.state)
    job = Job.objects.filter(source_id=clip.source_id, kind=JobKind.PLAYABLE).first() if clip.source_id else None
    estimate = estimate_review(clip)
    return Status(
        state=state.value,
        label=str(state.label),
        tone=TONES.get(state, "wait"),
        sentence=_describe_hidden(clip)
        or _describe_upload(clip, state)
        or _describe_post(clip, state)
        or _describe_state(state, job),
        percent=job.progress_percent if job else 0,
        is_final=state not in QUEUED_STATES,
        position=estimate.position if estimate else None,
        median_time=estimate.median_time if estimate else None,
        due_at=estimate.due_at if estimate else None,
        waitlist_position=waitlist_number(clip.code) if state in EDITABLE else None,
    )


def last_decision(clip: Clip) -> Decision | None:
    """Return the clip's latest decision that is still in force, or None. The decision's reason is loaded."""
    return clip.decisions.select_related("reason").effective().latest_first().first()


def _describe_hidden(clip: Clip) -> str:
    return (
        _("This clip is hidden while you are suspended.")
        if clip.is_hidden and clip.state == ClipState.PUBLISHED
        else ""
    )


def _describe_upload(clip: Clip, state: ClipState) -> str:
    needs_file = state == ClipState.DRAFT and clip.source_id is None and not clip.is_photos
    return describe_unfinished(clip, now=timezone.now()) if needs_file else ""


def _describe_post(clip: Clip, state: ClipState) -> str:
    """Return a sentence about a clip outside campaigns, where another clip would keep its slot."""
    if clip.enrolment_id is None and state == ClipState.CHANGES_REQUESTED:
        return _("Make the changes listed below and resubmit. You keep your position in the queue.")
    return ""


def _describe_state(state: ClipState, job: Job | None) -> str:
    if state == ClipState.FAILED and job is not None:
        return job.failure_text
    return {
        ClipState.DRAFT: _("This is a draft that only you can see. Submit it when it's complete."),
        ClipState.UPLOADED: _("Your file was uploaded and is waiting to be processed. You can close this page."),
        ClipState.PROCESSING: _("Your file is being processed. You can close this page."),
        ClipState.FAILED: _(
            "We couldn't use this file, so its slot was released. Upload another file and submit the clip again."
        ),
        ClipState.IN_REVIEW: _("A moderator will review this clip. We'll email you the decision."),
        ClipState.CHANGES_REQUESTED: _(
            "Make the changes listed below and resubmit. You keep your slot and your position in the queue."
        ),
        ClipState.REJECTED: _("This clip was rejected for the reason below. You can appeal once."),
        ClipState.APPEALED: _("Another moderator will review your appeal."),
        ClipState.PUBLISHED: _("This clip is live."),
        ClipState.REMOVED: _("This clip was taken down for the reason below. You can appeal once."),
    }[state]


@dataclass(frozen=True)
class ClipActions:
    """What the creator can do with a clip in its current state."""

    can_edit: bool
    can_withdraw: bool
    can_appeal: bool
    can_delete: bool


def allowed_actions(clip: Clip, decision: Decision | None) -> ClipActions:
    """Return what the creator can do with the clip. `decision` is the latest decision on it, if any."""
    is_appealable = clip.state in APPEALABLE and decision is not None
    return ClipActions(
        can_edit=clip.state in EDITABLE | REVISABLE,
        can_withdraw=clip.state in WITHDRAWABLE,
        can_appeal=is_appealable and not hasattr(decision, "appeal"),
        can_delete=is_deletable(clip),
    )
