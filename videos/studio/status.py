"""Where a clip stands, as its creator is told: on the page, by polling, and in the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from creators.waitlist import waitlist_number
from videos.models import Clip, Decision, Job, JobKind
from videos.review.deadlines import estimate_review
from videos.states import EDITABLE, REVISABLE, WITHDRAWABLE, ClipState


@dataclass(frozen=True)
class Status:
    """`percent` is that of the processing, 100 once it is done; `is_final` tells a poller to stop."""

    state: str
    label: str
    tone: str
    sentence: str
    percent: int
    is_final: bool
    place: int | None = None
    usual: timedelta | None = None
    due_at: datetime | None = None
    waiting_number: int | None = None


TONES = {
    ClipState.PUBLISHED: "good",
    ClipState.REJECTED: "bad",
    ClipState.REMOVED: "bad",
    ClipState.FAILED: "bad",
    ClipState.DRAFT: "plain",
}
MOVING = frozenset({ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.APPEALED})


def read_status(clip: Clip) -> Status:
    """Describe a clip; reads its job, its last decision and, while it waits, the queue."""
    state = ClipState(clip.state)
    job = Job.objects.filter(source_id=clip.source_id, kind=JobKind.PLAYABLE).first() if clip.source_id else None
    clock = estimate_review(clip)
    return Status(
        state=state.value,
        label=str(state.label),
        tone=TONES.get(state, "wait"),
        sentence=_sentence(clip, state, job),
        percent=job.progress_percent if job else 0,
        is_final=state not in MOVING,
        place=clock.place if clock else None,
        usual=clock.usual if clock else None,
        due_at=clock.due_at if clock else None,
        waiting_number=waitlist_number(clip.code) if state in EDITABLE else None,
    )


def last_decision(clip: Clip) -> Decision | None:
    return clip.decisions.select_related("reason").effective().latest_first().first()


def _sentence(clip: Clip, state: ClipState, job: Job | None) -> str:
    if state == ClipState.FAILED and job is not None:
        return job.failure_text
    return {
        ClipState.DRAFT: _("This is a draft. Nobody else sees it; submit it when it is complete."),
        ClipState.UPLOADED: _("Your file has arrived and will be processed next. You can close this page."),
        ClipState.PROCESSING: _("Your file is being made playable. You can close this page."),
        ClipState.FAILED: _("The file could not be used. Send another one; your place stays held."),
        ClipState.IN_REVIEW: _("A moderator will look at this clip. You get an e-mail with the decision."),
        ClipState.CHANGES_REQUESTED: _("Mend what is named below and submit again. Your place and your turn are kept."),
        ClipState.REJECTED: _("This clip was not accepted. The reason is below; you can appeal once."),
        ClipState.APPEALED: _("Another moderator will look at your appeal."),
        ClipState.PUBLISHED: _("This clip is live."),
        ClipState.REMOVED: _("This clip was taken down. The reason is below; you can appeal once."),
    }[state]


@dataclass(frozen=True)
class ClipActions:
    """What the creator can do with a clip now."""

    can_edit: bool
    can_withdraw: bool
    can_appeal: bool


def allowed_actions(clip: Clip, decision: Decision | None) -> ClipActions:
    appealable = clip.state in (ClipState.REJECTED, ClipState.REMOVED) and decision is not None
    return ClipActions(
        can_edit=clip.state in EDITABLE | REVISABLE,
        can_withdraw=clip.state in WITHDRAWABLE,
        can_appeal=appealable and not hasattr(decision, "appeal"),
    )
