"""`{% load review_desk %}`: filters and tags for the review desk's pages and for admin's first page."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.staff_work import WaitingWork, drop_empty
from videos.models import Clip
from videos.playback.sources import Playback
from videos.review.deadlines import due_at, overdue_cutoff
from videos.review.desk.frames import Frame
from videos.review.desk.queue import reviewable_by
from videos.states import ClipState
from videos.wording.engine import RuleMatch

register = template.Library()


@register.filter
def due(submitted_at: datetime) -> datetime:
    """Return the time by which a clip submitted at `submitted_at` should be decided on."""
    return due_at(submitted_at)


@register.filter
def field_label(field: str) -> str:
    """Return the label of a revision's field, in the moderator's language."""
    if field in ("file", "photos", "tags"):
        return str({"file": _("file"), "photos": _("photos"), "tags": _("product tags")}[field])
    return str(Clip._meta.get_field(field).verbose_name)  # type: ignore[union-attr]  # none of them is a relation


@register.filter
def latest_revision(clip: Clip) -> int | str:
    """Return the id of the clip's latest revision, or an empty string if the clip has no revision.

    `reviewable_by` annotates the clips with this id. A bulk decision applies to this revision.
    """
    return getattr(clip, "latest_revision", "") or ""


@register.filter
def without_peek(query: str) -> str:
    """Return the query string without its `peek` parameters, which only the desk's script uses."""
    parameters = QueryDict(query, mutable=True)
    parameters.pop("peek", None)
    return parameters.urlencode()


@register.simple_tag
def highlight(text: str, matches: Sequence[RuleMatch]) -> SafeString:
    """Return the text as HTML, with each rule match in a <mark> element. Skip matches that overlap an earlier one."""
    pieces, offset = [], 0
    for match in sorted(matches, key=lambda match: match.start):
        if match.start < offset:
            continue
        pieces += [format_html("{}", text[offset : match.start]), format_html("<mark>{}</mark>", match.words)]
        offset = match.end
    return format_html("{}{}", SafeString("".join(pieces)), text[offset:])


@register.simple_tag
def frame_picture(playback: Playback, frame: Frame) -> SafeString:
    """Return one storyboard frame as SVG.

    Cropping the image with CSS would need an inline style, which the content security policy forbids.
    """
    return _crop(playback, frame.view_box, "")


@register.simple_tag
def storyboard(playback: Playback) -> SafeString:
    """Return the storyboard's first frame as SVG, or an empty string if there is no storyboard.

    The SVG carries the numbers that a script needs to play all frames on hover.
    """
    board = playback.storyboard
    if board is None:
        return SafeString("")
    box = f"0 0 {board.tile_width_px} {board.tile_height_px}"
    data = f"{board.columns} {board.count} {board.tile_width_px} {board.tile_height_px}"
    return _crop(playback, box, data)


def _crop(playback: Playback, view_box: str, data: str) -> SafeString:
    board = playback.storyboard
    assert board is not None
    return format_html(
        '<svg viewBox="{}" preserveAspectRatio="xMidYMid slice" data-storyboard="{}" aria-hidden="true"><image href="{}" width="{}" height="{}"/></svg>',
        view_box,
        data,
        playback.storyboard_url,
        board.columns * board.tile_width_px,
        board.rows * board.tile_height_px,
    )


@register.simple_tag
def waiting_clips(user: User) -> list[WaitingWork]:
    """Return the clips that wait for this moderator, by kind of review."""
    if not user.has_perm("videos.review_clip"):
        return []
    now = timezone.now()
    in_review = Q(state=ClipState.IN_REVIEW)
    counts = (
        reviewable_by(user, now=now)
        .order_by()
        .aggregate(
            new=Count("pk", filter=in_review),
            overdue=Count("pk", filter=in_review & Q(submitted_at__lt=overdue_cutoff(now))),
            appeals=Count("pk", filter=Q(state=ClipState.APPEALED)),
            rechecks=Count("pk", filter=Q(state=ClipState.PUBLISHED)),
        )
    )
    late = ngettext("%(count)d is overdue", "%(count)d are overdue", counts["overdue"]) % {"count": counts["overdue"]}
    desk = reverse("admin:videos_desk")
    return drop_empty(
        WaitingWork(_("Clips to review"), counts["new"], desk, late if counts["overdue"] else ""),
        WaitingWork(_("Appeals"), counts["appeals"], f"{desk}?show=appeals"),
        WaitingWork(_("Published clips to check again"), counts["rechecks"], f"{desk}?show=rechecks"),
    )
