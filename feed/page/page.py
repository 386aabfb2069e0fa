"""Build a page of the feed for one viewer: who is watching, the clips in line, the page's rules, cards, reasons.

One query when the process remembers the viewer and nothing has happened since; three otherwise, at most.
"""

import base64
import json
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feed.events.identity import Identity
from feed.page.cache import recall, remember
from feed.page.cards import Card, cards_of
from feed.page.engine import Engine, engine_for
from feed.page.faces import dump
from feed.page.finishing import Page
from feed.page.live import Asked, Live, read_live
from feed.page.ranker import Line, line_up
from feed.page.reasons import captions_in, words_of_all
from feed.page.snapshot import current_goals, current_shelf, look_up_again
from feed.page.viewer_state import Watching, read_watching
from videos.models import Clip

PAGE_SIZE = 8
MAX_PAGE_SIZE = 20
REMEMBERED = 64
_random = np.random.default_rng()
_FLAGS = (b"false", b"true")
_OPENED = ("opened",)


class BadCursor(Exception):
    """The cursor was not made by this site."""


@dataclass(frozen=True)
class Served:
    """`clips` are JSON, each an object of the API; an empty `cursor` says that nothing is left."""

    clips: Sequence[bytes]
    cursor: str

    def as_json(self) -> bytes:
        return b'{"clips":[' + b",".join(self.clips) + b'],"cursor":"' + self.cursor.encode() + b'"}'

    def as_objects(self) -> list[dict[str, Any]]:
        """Return the clips for templates."""
        return [json.loads(clip) for clip in self.clips]


@dataclass(frozen=True)
class _Request:
    """One request for clips."""

    identity: Identity
    engine: Engine
    served: list[int]
    opening: dict[int, tuple[int, ...]]
    limit: int
    is_again: bool
    now: datetime
    gone: Sequence[int] = ()


@dataclass(frozen=True)
class _Answer:
    """An answer in the making: the clips to come, first one first, and what is true of them now."""

    watching: Watching
    line: Line
    asked: Asked
    live: Live


def build_page(
    *,
    identity: Identity,
    cursor: str = "",
    limit: int = PAGE_SIZE,
    first: str = "",
    is_again: bool = False,
    now: datetime,
) -> Served:
    """Return the next clips. `first` is the code of a clip to open with; `is_again` shows seen ones, too.

    Raises BadCursor.
    """
    served = read_cursor(cursor)
    opening = _opening(first) if first else {}
    request = _Request(identity, engine_for(current_shelf()), served, opening, limit, is_again, now)
    page = _as_remembered(request) or _finish(request, _as_read(request))
    if page.gone:
        page = _without(page.gone, request)
    return Served(page.served_to(identity.key if identity.is_kept else None, now=now), page.cursor)


def _without(gone: Sequence[int], request: _Request) -> Page:
    """Make the page anew without clips that stood in line and are gone; most likely others are, too."""
    engine = engine_for(look_up_again(gone))
    opening = {one: products for one, products in request.opening.items() if one not in gone}
    anew = replace(request, engine=engine, opening=opening, gone=gone)
    return _finish(anew, _as_read(anew))


def _as_remembered(request: _Request) -> Page | None:
    """Serve from the line in memory; None when the viewer did something since, or the line is too short."""
    if request.is_again:
        return None
    known = recall(request.identity.key, engine=request.engine, is_adult=request.identity.is_adult)
    if known is None or known.line.left(request.served) < request.limit:
        return None
    asked = _asked(request, known.line)
    page = asked.pages.get(get_language() or "")
    if page is not None and not page.is_recent:
        page = None
    live = read_live(
        viewer=request.identity.key,
        asked=asked,
        is_adult=request.identity.is_adult,
        known=page.stamp if page else "",
    )
    if live is None:
        return page
    if live.viewer_version != known.watching.version:
        return None
    return _finish(request, _Answer(known.watching, known.line, asked, live))


def _as_read(request: _Request) -> _Answer:
    """Read the viewer and rank anew."""
    identity, shelf = request.identity, request.engine.shelf
    watching = (
        Watching(identity.key)
        if identity.is_new
        else read_watching(key=identity.key, shelf=shelf, goals=current_goals(), now=request.now)
    )
    barred = [list(watching.hidden), request.served, request.gone, [] if request.is_again else watching.seen]
    line = line_up(
        engine=request.engine,
        watching=watching,
        excluded=np.concatenate([np.asarray(one, np.int64) for one in barred]),
        is_adult=identity.is_adult,
        random=_random,
    )
    if not request.is_again and not identity.is_new:
        remember(identity.key, watching, line, is_adult=identity.is_adult)
    asked = _asked(request, line)
    live = read_live(viewer=identity.key, asked=asked, is_adult=identity.is_adult)
    assert live is not None  # no stamp was known
    return _Answer(watching, line, asked, live)


def _asked(request: _Request, line: Line) -> Asked:
    count = request.limit - len(request.opening)
    return line.page_after(served=request.served, opening=request.opening, count=count)


def _finish(request: _Request, answer: _Answer) -> Page:
    """Join the cards of those clips that are there, and keep the page when none is missing."""
    cards = cards_of(answer.live, answer.asked)
    asked = list(answer.asked.products)
    chosen = [(one, _codes(one, answer, request)) for one in asked if one in cards]
    page = Page(
        [(cards[one].head, _own(cards[one], codes, answer.watching)) for one, codes in chosen],
        [(one, " ".join(codes).encode()) for one, codes in chosen],
        write_cursor([*request.served, *asked]) if len(asked) == request.limit else "",
        answer.live.stamp,
        time.monotonic(),
        [one for one in asked if one not in cards],
    )
    if not page.gone and answer.live.viewer_version == answer.watching.version:
        answer.asked.pages[get_language() or ""] = page
    return page


def _opening(code: str) -> dict[int, tuple[int, ...]]:
    """Find a clip to open with, and its products."""
    rows = Clip.objects.filter(code=code).values_list("pk", "tags__product")
    return {pk: tuple(product for _pk, product in rows if product) for pk, _product in rows}


def read_cursor(cursor: str) -> list[int]:
    """Return the ids of the clips that were served before, oldest first. Raises BadCursor."""
    if not cursor:
        return []
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return list(struct.unpack(f">{len(raw) // 8}q", raw))
    except (ValueError, struct.error) as error:
        raise BadCursor(_("This cursor is not one of ours. Start again without it.")) from error


def write_cursor(clip_ids: Sequence[int]) -> str:
    kept = clip_ids[-REMEMBERED:]
    return base64.urlsafe_b64encode(struct.pack(f">{len(kept)}q", *kept)).rstrip(b"=").decode()


def _codes(clip_id: int, answer: _Answer, request: _Request) -> tuple[str, ...]:
    return _OPENED if clip_id in request.opening else answer.line.reasons_of(clip_id)


def _own(card: Card, codes: tuple[str, ...], watching: Watching) -> bytes:
    """Return what follows a card's head for this viewer, up to the token."""
    clip_id = card.clip_id
    is_followed = card.creator_id in watching.followed
    return b"".join(
        [
            b',"is_followed":',
            _FLAGS[is_followed],
            b'},"is_liked":',
            _FLAGS[clip_id in watching.liked],
            b',"is_saved":',
            _FLAGS[clip_id in watching.saved],
            b',"reasons":',
            _reasons(codes, captions_in(codes), card.creator_name, is_followed, get_language()),
            b',"token":"',
        ]
    )


@lru_cache(maxsize=20_000)
def _reasons(
    codes: tuple[str, ...], captions: tuple[str, ...], creator: str, is_followed: bool, _language: str
) -> bytes:
    return dump(words_of_all(codes, captions, creator=creator, is_followed=is_followed))
