"""Build a page of the feed for one viewer: candidates, score, the page's rules, cards, reasons. Three queries at most."""

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feed.cards import Card, cards_of
from feed.engine import engine_for
from feed.identity import Identity
from feed.picking import choose_clips
from feed.ranking.diversify import WINDOW
from feed.reasons import words_of_all
from feed.recording import issue_token
from feed.shelf import current_goals, current_shelf, distrust_shelf
from feed.tokens import Serving
from feed.watching import Watching, read_watching
from videos.labels import ad_label
from videos.models import Clip

PAGE_SIZE = 8
MAX_PAGE_SIZE = 20
REMEMBERED = 64
SPARE = 4
"""Clips arranged beyond the page, for those that turn out to be taken down."""
_random = np.random.default_rng()


class BadCursor(Exception):
    """The cursor was not made by this site."""


@dataclass(frozen=True)
class Page:
    """`clips` in the shape of the API; an empty `cursor` says that nothing is left."""

    clips: list[dict[str, Any]]
    cursor: str


def build_page(
    *,
    identity: Identity,
    cursor: str = "",
    limit: int = PAGE_SIZE,
    first: str = "",
    is_again: bool = False,
    now: datetime,
) -> Page:
    """Return the next clips. `first` is the code of a clip to open with; `is_again` shows seen ones, too.

    Raises BadCursor.
    """
    served = read_cursor(cursor)
    shelf = current_shelf()
    watching = read_watching(key=identity.key, shelf=shelf, goals=current_goals(), now=now)
    opening = list(Clip.objects.filter(code=first).values_list("pk", flat=True)) if first else []
    excluded = [served, opening, list(watching.hidden), [] if is_again else watching.seen]
    adult = np.empty(0, np.int64) if identity.is_adult else shelf.ids[shelf.is_adult]
    chosen = choose_clips(
        engine=engine_for(shelf),
        watching=watching,
        excluded=np.concatenate([np.asarray(one, np.int64) for one in [*excluded, adult]]),
        before=np.array([*served, *opening], np.int64)[-WINDOW:],
        count=limit - len(opening) + SPARE,
        random=_random,
    )
    reasons = {one.clip_id: one.reasons for one in chosen}
    clip_ids = [*opening, *(one.clip_id for one in chosen)]
    found = cards_of(clip_ids, is_adult=identity.is_adult)
    if len(found) < len(clip_ids):
        distrust_shelf()
    cards = found[:limit]
    clips = [
        _shown(card, place, reasons.get(card.clip_id, _opened)(), identity, watching, now)
        for place, card in enumerate(cards)
    ]
    has_more = len(cards) == limit
    return Page(clips, write_cursor([*served, *(card.clip_id for card in cards)]) if has_more else "")


def _opened() -> tuple[str, ...]:
    return ("opened",)


def read_cursor(cursor: str) -> list[int]:
    """Return the ids of the clips that were served before, oldest first. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return list(struct.unpack(f">{len(raw) // 8}q", raw))
    except (ValueError, struct.error) as error:
        raise BadCursor(_("This cursor is not one of ours. Start again without it.")) from error


def write_cursor(clip_ids: Sequence[int]) -> str:
    kept = clip_ids[-REMEMBERED:]
    return base64.urlsafe_b64encode(struct.pack(f">{len(kept)}q", *kept)).rstrip(b"=").decode()


def _shown(
    card: Card, place: int, codes: tuple[str, ...], identity: Identity, watching: Watching, now: datetime
) -> dict[str, Any]:
    serving = Serving(identity.key, card.clip_id, now, place, " ".join(codes))
    creator = card.face["creator"]
    return card.face | {
        "creator": creator | {"is_followed": card.creator_id in watching.followed},
        "ad_label": ad_label(),
        "is_liked": card.clip_id in watching.liked,
        "is_saved": card.clip_id in watching.saved,
        "reasons": words_of_all(codes, creator=creator["name"], is_followed=card.creator_id in watching.followed),
        "token": issue_token(serving) if identity.is_kept else "",
    }
