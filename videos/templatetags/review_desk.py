"""`{% load review_desk %}`: pieces of the review desk."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from videos.models import Clip
from videos.playback.sources import Playback
from videos.review.deadlines import due_at
from videos.review.desk.frames import Frame
from videos.wording.engine import RuleMatch

register = template.Library()


@register.filter
def due(submitted_at: datetime) -> datetime:
    return due_at(submitted_at)


@register.filter
def field_label(field: str) -> str:
    """Name a field of a revision as the creator's form does."""
    if field in ("file", "tags"):
        return str({"file": _("file"), "tags": _("product tags")}[field])
    return str(Clip._meta.get_field(field).verbose_name)  # type: ignore[union-attr]  # none of them is a relation


@register.filter
def latest_revision(clip: Clip) -> int | str:
    """Return the id of the revision that a bulk decision is bound to; annotated by the queue."""
    return getattr(clip, "latest_revision", "") or ""


@register.filter
def without_peek(query: str) -> str:
    kept = QueryDict(query, mutable=True)
    kept.pop("peek", None)
    return kept.urlencode()


@register.simple_tag
def marked(text: str, hits: Sequence[RuleMatch]) -> SafeString:
    """Write a text with what the rules found marked."""
    pieces, place = [], 0
    for hit in sorted(hits, key=lambda hit: hit.start):
        if hit.start < place:
            continue
        pieces += [format_html("{}", text[place : hit.start]), format_html("<mark>{}</mark>", hit.words)]
        place = hit.end
    return format_html("{}{}", SafeString("".join(pieces)), text[place:])


@register.simple_tag
def frame_picture(playback: Playback, frame: Frame) -> SafeString:
    """Cut one frame out of the storyboard: an SVG needs no inline style for it."""
    return _cut(playback, frame.view_box, "")


@register.simple_tag
def storyboard(playback: Playback) -> SafeString:
    """Show the first frame, with what a script needs to play the others while the pointer is over it."""
    board = playback.storyboard
    if board is None:
        return SafeString("")
    box = f"0 0 {board.tile_width_px} {board.tile_height_px}"
    data = f"{board.columns} {board.count} {board.tile_width_px} {board.tile_height_px}"
    return _cut(playback, box, data)


def _cut(playback: Playback, view_box: str, data: str) -> SafeString:
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
