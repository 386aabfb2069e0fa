"""Build a page of the feed for one viewer: candidates, score, the page's rules, cards, reasons. Three queries at most."""

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feed.arranging import Candidate, arrange
from feed.cards import Card, cards_of
from feed.identity import Identity
from feed.lines import lines_of
from feed.neighbours import current_neighbours
from feed.reasons import explain
from feed.recording import issue_token
from feed.scoring import score
from feed.shelf import Shelf, current_goals, current_shelf
from feed.tokens import Serving
from feed.watching import Watching, read_watching
from videos.labels import ad_label
from videos.models import Clip

PAGE_SIZE = 8
MAX_PAGE_SIZE = 20
REMEMBERED = 64
SPARE = 4
"""Clips arranged beyond the page, for those that turn out to be taken down."""
_generator = np.random.default_rng()


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
    scored = score(
        lines=lines_of(shelf),
        neighbours=current_neighbours(),
        watching=watching,
        excluded=np.concatenate([np.asarray(one, np.int64) for one in [*excluded, adult]]),
        now_s=now.timestamp(),
        generator=_generator,
    )
    reasons = {int(shelf.ids[row]): why for row, why in zip(scored.rows, scored.reasons, strict=True)}
    wanted = [_candidate(shelf, row, watching) for row in scored.rows[: 8 * (limit + SPARE)]]
    before = [_candidate(shelf, int(row), watching) for row in shelf.rows_of([*served, *opening])]
    count = limit - len(opening)
    arranged = arrange(wanted, before=before, dial=watching.dial, count=count + SPARE)
    clip_ids = [*opening, *(one.clip_id for one in arranged)]
    cards = cards_of(clip_ids, is_adult=identity.is_adult)[:limit]
    clips = [
        _shown(card, place, reasons.get(card.clip_id, ("opened",)), identity, watching, now)
        for place, card in enumerate(cards)
    ]
    has_more = len(cards) == limit
    return Page(clips, write_cursor([*served, *(card.clip_id for card in cards)]) if has_more else "")


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


def _candidate(shelf: Shelf, row: int, watching: Watching) -> Candidate:
    creator_id = int(shelf.creators[row])
    return Candidate(
        int(shelf.ids[row]),
        creator_id,
        frozenset(shelf.products[row]),
        frozenset(shelf.categories[row]),
        is_free=not _earns(shelf, row) or creator_id in watching.followed,
    )


def _earns(shelf: Shelf, row: int) -> bool:
    """Tell whether the creator earns by the clip: a fee from a campaign, or commission on what it shows."""
    return bool(shelf.earns[row]) or len(shelf.products[row]) > 0


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
        "reasons": explain(codes, creator=creator["name"]),
        "token": issue_token(serving) if identity.is_kept else "",
    }
