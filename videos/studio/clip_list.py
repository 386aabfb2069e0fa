"""The studio's list of clips, in pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import get_language

from creators.models import Creator
from videos.models import Clip, Decision, Job, JobKind, Photo
from videos.playback.sources import poster_address
from videos.states import ClipState
from videos.studio.status import TONES
from videos.studio.unfinished import UnfinishedUpload

PAGE_SIZE = 20


@dataclass(frozen=True)
class ClipRow:
    """A row of the list. `percent` is the processing progress. `reason` says why the clip was refused or failed.

    `unfinished` is the upload of a file for a draft of which bytes are missing.
    """

    clip: Clip
    poster: str
    tone: str
    percent: int
    reason: str
    unfinished: UnfinishedUpload | None


def list_clips(
    creator: Creator, *, page_number: str | None, unfinished: Iterable[UnfinishedUpload] = ()
) -> tuple[Page[Clip], list[ClipRow]]:
    """Return one page of the creator's clips, newest first, and a row for each clip on it.

    `unfinished` are the creator's unfinished uploads.

    The number of queries does not depend on the number of clips.
    """
    job = Job.objects.filter(source=OuterRef("source"), kind=JobKind.PLAYABLE)
    decisions = Decision.objects.effective().select_related("reason").latest_first()
    clips = (
        Clip.objects.filter(creator=creator)
        .select_related("source", "enrolment__campaign")
        .prefetch_related(Prefetch("decisions", decisions, to_attr="latest_decisions"))
        .annotate(
            percent=Subquery(job.values("progress_percent")[:1]), failure=Subquery(job.values("failure_text")[:1])
        )
        .with_cover()
        .order_by("-created_at", "-pk")
    )
    page = Paginator(clips, PAGE_SIZE).get_page(page_number)
    uploads = {item.upload.clip_code: item for item in reversed(list(unfinished)) if item.is_resumable}  # the newest
    return page, [_build_row(clip, uploads.get(clip.code)) for clip in page.object_list]


def _build_row(clip: Clip, unfinished: UnfinishedUpload | None) -> ClipRow:
    state = ClipState(clip.state)
    return ClipRow(
        clip=clip,
        poster=poster_address(clip, Photo.WIDTHS_PX[0]),
        tone=TONES.get(state, "wait"),
        percent=getattr(clip, "percent", None) or 0,
        reason=_reason(clip, state),
        unfinished=unfinished,
    )


def _reason(clip: Clip, state: ClipState) -> str:
    if state == ClipState.FAILED:
        return getattr(clip, "failure", "") or ""
    if state not in (ClipState.REJECTED, ClipState.CHANGES_REQUESTED, ClipState.REMOVED):
        return ""
    decisions: list[Decision] = getattr(clip, "latest_decisions", [])
    decision = decisions[0] if decisions else None
    return decision.reason.text_in(get_language() or "en") if decision and decision.reason else ""
