"""Build a page of the feed for one viewer."""

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from feed.cards import Card, cards_of
from feed.identity import Identity
from feed.models import Viewer
from feed.recording import issue_token
from feed.tokens import Serving
from videos.labels import ad_label
from videos.models import Clip

PAGE_SIZE = 8
MAX_PAGE_SIZE = 20
REMEMBERED = 64


class BadCursor(Exception):
    """The cursor was not made by this site."""


@dataclass(frozen=True)
class Page:
    """`clips` in the shape of the API; an empty `cursor` says that nothing is left."""

    clips: list[dict[str, Any]]
    cursor: str


def build_page(*, identity: Identity, cursor: str = "", limit: int = PAGE_SIZE, first: str = "", now: datetime) -> Page:
    """Return the next clips. `first` is the code of a clip to open with. Raises BadCursor."""
    served = read_cursor(cursor)
    viewer = Viewer.objects.filter(pk=identity.key).first() or Viewer(key=identity.key)
    opening = list(Clip.objects.filter(code=first).values_list("pk", flat=True)) if first else []
    clip_ids = [*opening, *_newest([*served, *opening], viewer, limit - len(opening))]
    cards = cards_of(clip_ids, is_adult=identity.is_adult)
    clips = [_shown(card, position, identity, viewer, now) for position, card in enumerate(cards)]
    return Page(clips, write_cursor([*served, *clip_ids]) if len(clip_ids) == limit else "")


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


def _newest(served: Sequence[int], viewer: Viewer, limit: int) -> list[int]:
    clips = Clip.objects.published().exclude(pk__in=[*served, *viewer.hidden]).order_by("-published_at", "-pk")
    return list(clips.values_list("pk", flat=True)[:limit])


def _shown(card: Card, position: int, identity: Identity, viewer: Viewer, now: datetime) -> dict[str, Any]:
    serving = Serving(identity.key, card.clip_id, now, position, "new")
    return card.face | {
        "creator": card.face["creator"] | {"is_followed": card.creator_id in viewer.followed},
        "ad_label": ad_label(),
        "is_liked": card.clip_id in viewer.liked,
        "is_saved": card.clip_id in viewer.saved,
        "reasons": [{"code": "new", "text": _("New in the shop")}],
        "token": issue_token(serving) if identity.is_kept else "",
    }
