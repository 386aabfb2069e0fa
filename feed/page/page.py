"""A feed page for one viewer, built in five steps: viewer state, ranked list, cards, tokens, response.

If the viewer has done nothing since the ranked list was cached, a page takes one query. Otherwise it takes at most
three.
"""

import time
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from django.utils.translation import get_language

from feed.events.identity import Identity
from feed.page.cache import LIFETIMES, Cache
from feed.page.card_content import read_contents
from feed.page.card_pictures import dump_json
from feed.page.cards import Card, build_card
from feed.page.cursors import ids_of, read_cursor, write_cursor
from feed.page.live import LiveState, Selection, read_live
from feed.page.model_store import ranker_for
from feed.page.notices import Notice, notice_for
from feed.page.ranked_list import RankedList, rank_clips
from feed.page.ranker import Ranker
from feed.page.snapshot import current_goals, current_snapshot, refresh_snapshot
from feed.page.viewer_state import ViewerState, read_viewer_state
from feed.sponsored.choice import PlaceRequest, choose_places
from videos.models import Clip
from videos.playback.impressions import sign_page, token_key

PAGE_SIZE = 8
MAX_PAGE_SIZE = 20
_random = np.random.default_rng()


class AccountEnded(Exception):
    """The viewer cookie names an account that was deactivated or deleted. Nothing of it is shown."""


@dataclass(frozen=True)
class FeedPage:
    """A finished page. An empty `cursor` means that there are no more clips.

    `notice` is what the viewer should know about the page. The API has its sentence, or "".
    """

    clips: Sequence[Card]
    cursor: str
    notice: Notice | None = None

    def as_json(self) -> bytes:
        return dump_json(
            {"clips": self.clips, "cursor": self.cursor, "notice": self.notice.text if self.notice else ""}
        )

    def as_objects(self) -> list[dict[str, Any]]:
        """Return the cards as plain objects, because templates cannot read encoded JSON fragments."""
        clips: list[dict[str, Any]] = orjson.loads(dump_json(self.clips))
        return clips


@dataclass(frozen=True)
class PageRequest:
    """A request for the next clips for a viewer.

    `served` holds the ids of clips on earlier pages. `is_from_cookie` says that nothing but the viewer cookie tells who
    the viewer is. `opening` is the clip to show first, if there is one, as a mapping
    from its id to its product ids. Clips in `missing` could not be shown in an earlier attempt.
    """

    identity: Identity
    ranker: Ranker
    served: Sequence[int]
    opening: Mapping[int, Sequence[int]]
    limit: int
    includes_seen: bool
    now: datetime
    missing: Sequence[int] = ()
    is_from_cookie: bool = False


@dataclass(frozen=True)
class RankedViewer:
    """A viewer's state, and the ranked list computed from it.

    `ranked_at` is a time on the monotonic clock, in seconds.
    """

    state: ViewerState
    ranked_list: RankedList
    is_adult: bool
    ranked_at: float


@dataclass(frozen=True)
class PageDraft:
    """A page without tokens.

    `servings` holds each card's clip id and reason codes. `missing` holds the ids of clips that could not be shown.
    """

    cards: Sequence[Card]
    servings: Sequence[tuple[int, bytes]]
    cursor: str
    live: LiveState
    missing: Sequence[int]

    def issue_tokens(self, viewer: uuid.UUID, now: datetime) -> list[str]:
        """Return a signed token for each card. Players send it with every event about the card's clip."""
        return [token.decode() for token in sign_page(viewer, now, self.servings, key=token_key())]


@dataclass(frozen=True)
class Choice:
    """The clips chosen for a page, with their live state. `cached` is an earlier draft of the page, if there is one."""

    key: tuple[object, ...]
    viewer: RankedViewer
    selection: Selection
    live: LiveState
    cached: PageDraft | None


_viewers: Cache[uuid.UUID, RankedViewer] = Cache("viewers")
_selections: Cache[tuple[object, ...], Selection] = Cache("selections")
_drafts: Cache[tuple[object, ...], PageDraft] = Cache("pages")
_recent_rankers: deque[Ranker] = deque(maxlen=2)


def build_page(
    *,
    identity: Identity,
    cursor: str = "",
    shown: Sequence[str] | None = None,
    limit: int = PAGE_SIZE,
    opening_code: str = "",
    includes_seen: bool = False,
    is_from_cookie: bool = False,
    now: datetime,
) -> FeedPage:
    """Return the next page for a viewer. `opening_code` is the code of a clip to show first. Raises BadCursor.

    Raises AccountEnded if `is_from_cookie`, and the account that the cookie names has ended since.

    `shown` takes the place of `cursor`: the codes of the clips that the viewer has come to, oldest first.
    """
    served = read_cursor(cursor) if shown is None else ids_of(shown)
    opening = _find_opening(opening_code) if opening_code else {}
    ranker = ranker_for(current_snapshot())
    request = PageRequest(identity, ranker, served, opening, limit, includes_seen, now, is_from_cookie=is_from_cookie)
    # Steps 1 and 2: the viewer's state and ranked list, cached or computed, and the clips chosen from it.
    choice = _choose_from_cache(request) or _choose_anew(request)
    # Step 3: cards.
    draft = _build_cards(choice, request)
    if draft.missing:
        request = _without_missing(request, draft.missing)
        choice = _choose_anew(request)
        draft = _build_cards(choice, request)
    # Step 4: tokens. Without consent no events may be stored. A purchase still needs one, or the creator would earn nothing.
    name, other = ("token", "seen") if identity.may_store else ("seen", "token")
    tokens = draft.issue_tokens(identity.key, now)
    # Step 5: the response.
    cards = [{**card, name: token, other: ""} for card, token in zip(draft.cards, tokens, strict=True)]
    return FeedPage(cards, draft.cursor, notice_for(choice.viewer.state, exceeds_dial=choice.selection.exceeds_dial))


def _choose_from_cache(request: PageRequest) -> Choice | None:
    """Return clips chosen from the viewer's cached list.

    Return None if no usable list is cached, if too few of its clips remain, or if the viewer has done something since.
    """
    if request.includes_seen:
        return None
    viewer = _viewers.get(request.identity.key)
    if viewer is None or viewer.is_adult != request.identity.is_adult:
        return None
    is_outdated = time.monotonic() - viewer.ranked_at > LIFETIMES["ranked lists"].seconds
    if viewer.ranked_list.ranker is not request.ranker and is_outdated:
        return None
    if viewer.ranked_list.count_remaining(request.served) < request.limit:
        return None
    choice = _choose(viewer, request)
    if choice.selection.exceeds_dial and request.served:
        return None  # a new list has more clips that the dial allows, if there are any
    return choice if choice.live.viewer_version == viewer.state.version else None


def _choose_anew(request: PageRequest) -> Choice:
    """Read the viewer's state, rank clips, and return a choice of them."""
    identity, ranker = request.identity, request.ranker
    state = (
        ViewerState(identity.key)
        if identity.is_new
        else read_viewer_state(key=identity.key, snapshot=ranker.snapshot, goals=current_goals(), now=request.now)
    )
    excluded = [list(state.hidden), request.served, request.missing, [] if request.includes_seen else state.seen]
    ranked_list = rank_clips(
        ranker=ranker,
        viewer=state,
        excluded=np.concatenate([np.asarray(clip_ids, np.int64) for clip_ids in excluded]),
        is_adult=identity.is_adult,
        random=_random,
    )
    viewer = RankedViewer(state, ranked_list, identity.is_adult, time.monotonic())
    if _is_cacheable(request):
        _remember(identity.key, viewer)
    return _choose(viewer, request)


def _choose(viewer: RankedViewer, request: PageRequest) -> Choice:
    """Choose clips from a ranked list, and return them with their live state."""
    count = request.limit - len(request.opening)
    sponsored = choose_places(
        PlaceRequest(viewer.ranked_list.ranker, viewer.state, [*request.served, *request.opening], request.missing),
        is_adult=viewer.is_adult,
        count=count,
        now=request.now,
    )
    key = (*_page_key(viewer, request), sponsored.key)
    draft, selection = _drafts.get(key), _selections.get(key)
    if selection is None:
        opening, served = request.opening, request.served
        selection = viewer.ranked_list.select(served=served, opening=opening, count=count, sponsored=sponsored)
        if _is_cacheable(request):
            _selections.set(key, selection)
    live = read_live(
        viewer=request.identity.key,
        selection=selection,
        is_adult=request.identity.is_adult,
        cached=draft.live if draft else None,
    )
    if request.is_from_cookie and request.identity.user_id is not None and live.viewer_version is None:
        raise AccountEnded
    return Choice(key, viewer, selection, live, draft)


def _build_cards(choice: Choice, request: PageRequest) -> PageDraft:
    """Return a draft of the page, which is the cached one if nothing has changed."""
    if choice.cached is not None and choice.cached.live is choice.live:
        return choice.cached
    viewer, selection, live = choice.viewer, choice.selection, choice.live
    versions = {
        clip_id: live.version_of(clip_id, product_ids)
        for clip_id, product_ids in selection.products.items()
        if clip_id in live.clips
    }
    contents = read_contents(versions)
    cards, servings = [], []
    for clip_id in selection.products:
        if clip_id in contents:
            codes = selection.reason_codes[clip_id]
            cards.append(build_card(contents[clip_id], live.offers, viewer.state, codes))
            servings.append((clip_id, " ".join(codes).encode()))
    clip_ids = list(selection.products)
    is_full = len(clip_ids) == request.limit
    draft = PageDraft(
        cards=cards,
        servings=servings,
        cursor=write_cursor([*request.served, *clip_ids]) if is_full else "",
        live=live,
        missing=[clip_id for clip_id in clip_ids if clip_id not in contents],
    )
    if _is_cacheable(request) and not draft.missing and live.viewer_version == viewer.state.version:
        _drafts.set(choice.key, draft)
    return draft


def _without_missing(request: PageRequest, missing: Sequence[int]) -> PageRequest:
    """Return the request without the missing clips, and with a ranker for a refreshed snapshot.

    The snapshot is refreshed because other clips may be gone as well.
    """
    opening = {clip_id: products for clip_id, products in request.opening.items() if clip_id not in missing}
    return replace(request, ranker=ranker_for(refresh_snapshot(missing)), opening=opening, missing=missing)


def _is_cacheable(request: PageRequest) -> bool:
    return not request.includes_seen and not request.identity.is_new


def _page_key(viewer: RankedViewer, request: PageRequest) -> tuple[object, ...]:
    return (viewer.ranked_list.number, get_language(), request.limit, *request.opening, None, *request.served)


def _remember(key: uuid.UUID, viewer: RankedViewer) -> None:
    """Cache a viewer's ranked list.

    Lists from all but the last two rankers are dropped, to free the memory of older rankers.
    """
    if viewer.ranked_list.ranker not in _recent_rankers:
        _recent_rankers.append(viewer.ranked_list.ranker)
        _viewers.discard(lambda cached: cached.ranked_list.ranker not in _recent_rankers)
    _viewers.set(key, viewer)


def _find_opening(code: str) -> dict[int, tuple[int, ...]]:
    """Return the clip with this code, as a mapping from its id to its product ids.

    The mapping is empty if there is no such clip.
    """
    rows = Clip.objects.filter(code=code).values_list("pk", "tags__product")
    return {pk: tuple(product for _pk, product in rows if product) for pk, _product in rows}
