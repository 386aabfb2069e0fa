"""The dossier: everything that a moderator sees about one clip."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from catalog.models import ProductImage
from creators.models import Terms
from videos.models import Clip, Decision, DecisionAction, Flag, ProductTag, Reason, ReviewLock, Revision, Source
from videos.playback.sources import Playback, read_playback
from videos.playback.transcript import SpokenMatch, TranscriptLine, read_transcript
from videos.review.caption_rules import evaluate_clip, written_text
from videos.review.deadlines import due_at
from videos.review.desk.differences import FieldDiff, compare_revisions
from videos.review.desk.frames import Frame, TimelineSegment, cut_frames, draw_segment
from videos.review.drift import Drift, find_drift
from videos.review.duplicates import find_duplicates, pair_with_footage
from videos.states import ClipState
from videos.wording.engine import RuleMatch

SHOWN_DUPLICATES = 5
WAITING = (ClipState.IN_REVIEW, ClipState.APPEALED)
DECIDABLE = (*WAITING, ClipState.PUBLISHED)


@dataclass(frozen=True)
class EvidenceSpan:
    """A product tag, and the frames of a film in which its product should be visible."""

    tag: ProductTag
    image: ProductImage | None
    frames: list[Frame]
    segment: TimelineSegment | None
    drift: Drift | None


@dataclass(frozen=True)
class TrackRecord:
    """The creator's record with other clips: how many approvals, rejections and successful appeals."""

    approved: int
    rejected: int
    appeals_won: int


@dataclass(frozen=True)
class PastRevision:
    """A revision with its decisions and with its changes since the previous revision."""

    revision: Revision
    differences: list[FieldDiff]
    decisions: list[Decision]


@dataclass(frozen=True)
class Dossier:
    """Everything that the review desk shows about a clip. `history` starts with the latest revision.

    `decision` is the latest decision on a clip that now waits for its creator, otherwise None.
    """

    clip: Clip
    revision: Revision
    playback: Playback | None
    text: str
    spans: list[EvidenceSpan]
    lines: list[TranscriptLine]
    matches: list[RuleMatch]
    spoken_matches: list[SpokenMatch]
    track_record: TrackRecord
    history: list[PastRevision]
    duplicates: list[tuple[Clip, Source | None]]
    flags: list[Flag]
    reasons: list[Reason]
    terms: Terms | None
    due_at: datetime | None
    decision: Decision | None
    lock: ReviewLock | None
    appeal_words: str


def build_dossier(clip: Clip, *, moderator: User, now: datetime) -> Dossier | None:
    """Return the clip's dossier, or None if the clip was never submitted."""
    revisions = list(clip.revisions.select_related("source").order_by("number"))
    if not revisions:
        return None
    decisions = list(clip.decisions.effective().select_related("reason", "moderator", "appeal").order_by("decided_at"))
    matches, spoken = evaluate_clip(clip)
    transcript = read_transcript(clip.captions_vtt)
    last = decisions[-1] if decisions else None
    lock = ReviewLock.objects.filter(clip=clip, until__gt=now).exclude(moderator=moderator).select_related("moderator")
    playback = read_playback(clip.source, clip)
    return Dossier(
        clip=clip,
        revision=revisions[-1],
        playback=playback,
        text=written_text(clip),
        spans=[_span(tag, playback) for tag in clip.tags.all()],
        lines=transcript.lines(spoken),
        matches=matches,
        spoken_matches=[transcript.locate(match) for match in spoken],
        track_record=_track_record(clip),
        history=_history(revisions, decisions),
        duplicates=pair_with_footage(clip, find_duplicates(clip)[:SHOWN_DUPLICATES]),
        flags=list(clip.flags.open()),
        reasons=list(Reason.objects.filter(is_active=True).order_by("position", "pk")),
        terms=clip.enrolment.terms if clip.enrolment else None,
        due_at=due_at(clip.submitted_at) if clip.submitted_at and clip.state in WAITING else None,
        decision=last if clip.state not in DECIDABLE else None,
        lock=lock.first(),
        appeal_words=last.appeal.words if last and hasattr(last, "appeal") else "",
    )


def _span(tag: ProductTag, playback: Playback | None) -> EvidenceSpan:
    images = sorted(tag.product.images.all(), key=lambda image: image.position)
    board = playback.storyboard if playback else None
    frames, segment = [], None
    if tag.start_ms is not None and tag.end_ms is not None:
        frames = cut_frames(board, start_ms=tag.start_ms, end_ms=tag.end_ms) if board else []
        duration_ms = playback.duration_ms if playback else tag.end_ms
        segment = draw_segment(start_ms=tag.start_ms, end_ms=tag.end_ms, duration_ms=duration_ms)
    image = images[0] if images else None
    return EvidenceSpan(tag=tag, image=image, frames=frames, segment=segment, drift=find_drift(tag))


def _track_record(clip: Clip) -> TrackRecord:
    counts = (
        Decision.objects.effective()
        .filter(clip__creator=clip.creator_id)
        .exclude(clip=clip)
        .aggregate(
            approved=Count("pk", filter=Q(action=DecisionAction.APPROVE)),
            rejected=Count("pk", filter=Q(action=DecisionAction.REJECT)),
            appeals_won=Count("pk", filter=Q(action=DecisionAction.APPROVE, state_before="appealed")),
        )
    )
    return TrackRecord(**counts)


def _history(revisions: list[Revision], decisions: list[Decision]) -> list[PastRevision]:
    history = []
    for index, revision in enumerate(revisions):
        before = revisions[index - 1] if index else None
        differences = (
            compare_revisions(before.content, revision.content, same_file=before.source_id == revision.source_id)
            if before
            else []
        )
        own_decisions = [decision for decision in decisions if decision.revision_id == revision.pk]
        history.append(PastRevision(revision, differences, own_decisions))
    return history[::-1]
