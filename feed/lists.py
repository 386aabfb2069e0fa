"""Lists of what a viewer has saved, liked, watched and followed, and of what they see less of. Newest first."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.blocks import hidden_from
from catalog.models import Category
from creators.models import Creator
from feed.models import EventKind, Viewer
from videos.models import Clip

PAGE_SIZE = 24
MAX_WATCHED = 500
SUGGESTED = 12


class ListKind(StrEnum):
    """A list of clips."""

    SAVED = "saved"
    LIKED = "liked"
    WATCHED = "watched"


@dataclass(frozen=True)
class ClipPage:
    """Clips of a list. `after` is the cursor of the next page, or "" if there is none."""

    clips: Sequence[Clip]
    after: str


@dataclass(frozen=True)
class Lessened:
    """A reason of which a viewer sees less, with words for the clips that it is about."""

    code: str
    text: str


def list_clips(viewer: Viewer, kind: ListKind, *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of a list for `reader`, a user or a visitor. `after` is the cursor of the page before."""
    ids = _watched(viewer.key) if kind == ListKind.WATCHED else [*reversed(getattr(viewer, kind.value))]
    return page_of_clips(ids, reader=reader, after=after)


def page_of_clips(ids: Sequence[int], *, reader: Any, after: str = "") -> ClipPage:
    """Return a page of the clips with these ids, in the same order. Clips that the reader may not see are left out."""
    rest = ids[_place_after(ids, after) :]
    public = Clip.objects.shown_to(reader).filter(pk__in=rest)
    codes = dict(public.values_list("pk", "code"))
    ordered = [pk for pk in rest if pk in codes]
    shown = ordered[:PAGE_SIZE]
    clips = public.with_tags().with_photos().select_related("creator", "source").in_bulk(shown)
    page = [clips[pk] for pk in shown if pk in clips]
    if len(ordered) <= PAGE_SIZE:
        return ClipPage(page, "")
    last = shown[-1]
    return ClipPage(page, f"{codes[last]}.{len(ids) - ids.index(last) - 1}")


def suggest_creators(viewer: Viewer) -> list[Creator]:
    """Return the creators with the most liked clips whom the viewer neither follows nor has hidden."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT clip.creator_id FROM videos_clip clip
            LEFT JOIN feed_clipcount count ON count.clip_id = clip.id
            WHERE clip.state = 'published' AND NOT clip.is_hidden AND NOT clip.is_age_restricted
                  AND NOT clip.creator_id = ANY(%s)
            GROUP BY clip.creator_id ORDER BY sum(coalesce(count.likes, 0)) DESC, count(*) DESC, clip.creator_id LIMIT %s
            """,
            [[*viewer.followed, *viewer.hidden_creators], SUGGESTED],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    creators = Creator.objects.exclude(hidden_from(viewer.user_id)).in_bulk(ids)
    return [creators[pk] for pk in ids if pk in creators]


def list_lessened(viewer: Viewer) -> list[Lessened]:
    """Return the reasons of which a viewer asked to see less."""
    codes = [code.partition(":") for code in viewer.reason_factors]
    subjects = {pk for _term, _colon, subject in codes if subject.isdigit() for pk in [int(subject)]}
    names = {category.pk: category.local_name for category in Category.objects.filter(pk__in=subjects)}
    creators = dict(Creator.objects.filter(pk__in=subjects).values_list("pk", "display_name"))
    return [Lessened(code, _describe(code, names, creators)) for code in sorted(viewer.reason_factors)]


def list_hidden_creators(viewer: Viewer) -> list[Creator]:
    """Return the creators whom a viewer has hidden, latest first."""
    creators = Creator.objects.in_bulk(viewer.hidden_creators)
    return [creators[pk] for pk in reversed(viewer.hidden_creators) if pk in creators]


def _describe(code: str, categories: dict[int, str], creators: dict[int, str]) -> str:
    """Return words for the clips that a reason is about."""
    term, _colon, subject = code.partition(":")
    number = int(subject) if subject.isdigit() else 0
    if term == "creator" and number in creators:
        return _("Clips by %(creator)s") % {"creator": creators[number]}
    if number in categories and term in ("interest", "category", "enjoyed", "look"):
        return _("Clips from %(category)s") % {"category": categories[number]}
    texts = {
        "transition": _("Clips that others watched after the ones you enjoyed"),
        "co_watch": _("Clips that others enjoyed who enjoyed the same as you"),
        "popular": _("Clips that many people watch"),
        "new": _("New clips"),
        "trying": _("Clips that hardly anyone has seen yet"),
    }
    return texts.get(term, _("Clips like one you were shown"))


def _place_after(ids: Sequence[int], cursor: str) -> int:
    """Return the index at which the page after a cursor begins.

    A cursor is the code of the last clip and how many ids followed it. If that clip has left the list, the last so many
    ids are left: new ones come first. Some may be shown again, but none is skipped.
    """
    code, _dot, count = cursor.partition(".")
    last = Clip.objects.filter(code=code).values_list("pk", flat=True).first() if code else None
    if last in ids:
        return ids.index(last) + 1
    return max(len(ids) - int(count), 0) if re.fullmatch("[0-9]{1,6}", count) else 0


def _watched(key: uuid.UUID) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT clip_id FROM feed_event WHERE viewer = %s AND kind = %s AND value > 0
            GROUP BY clip_id ORDER BY max(served_at) DESC, clip_id LIMIT %s
            """,
            [key, EventKind.WATCH, MAX_WATCHED],
        )
        return [pk for (pk,) in cursor.fetchall()]
