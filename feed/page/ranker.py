"""The ranker: a model combined with the catalogue snapshot, and the steps that rank clips for one viewer.

A model numbers clips as items 0, 1, 2 … The ranker knows which clip each item is, and which items may be shown.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from feed.page.snapshot import CatalogueSnapshot
from feed.page.viewer_state import ViewerState
from feed.ranking import History, Model, ScoredItems, Taste
from feed.ranking.exploration import FIRST_VIEWS, Exploration, draw_new_clips, recommend_exploring
from feed.ranking.page_rules import WINDOW, RankedClip

type Ids = NDArray[np.int64]

LIST_LENGTH = 48
LOOKS = 12
"""How many clips of categories of which nothing is known a list has for the positions that are reserved for them."""
NEW_CLIPS_DRAWN = 12
"""How many new clips are drawn for the positions that pages reserve for exploration."""
EXPLORATION_POOL = 500
NEWEST = 200
FEW_VIEWS = 500
NEW_CLIP_S = 7 * 86_400.0
CATEGORY_CODES = ("interest", "category", "enjoyed", "look")
"""Reason terms whose subject is a category. After "less of this", the whole category gets less weight."""


@dataclass(frozen=True, eq=False)
class Ranker:
    """A model combined with a snapshot.

    `row_of[item]` is the clip's row in the snapshot, or -1 if the clip is gone. `item_of[row]` is the inverse.
    `unavailable` lists the items of clips that are gone, and `adult` those of age-restricted clips. `exploration_pool`
    (items with few views), `newest` and `free` (items without commercial interest) are sorted newest first.
    `rank_factors` has one factor per item.
    """

    snapshot: CatalogueSnapshot
    model: Model
    row_of: Ids
    item_of: Ids
    unavailable: Ids
    adult: Ids
    exploration_pool: Ids
    newest: Ids
    free: Ids
    rank_factors: NDArray[np.float32]
    views_of_creator: Mapping[int, int]

    @classmethod
    def of(cls, snapshot: CatalogueSnapshot, model: Model, clip_ids: Ids) -> Self:
        """Combine a model with a snapshot. Item n of the model is the clip `clip_ids[n]`.

        Clips that were published after the model was trained are added to it.
        """
        added = snapshot.rows_of(snapshot.ids[~np.isin(snapshot.ids, clip_ids)])
        added = added[np.argsort(-snapshot.published_at[added], kind="stable")]
        if len(added):
            model = model.with_items(snapshot.items_of(added))
        all_ids = np.concatenate([clip_ids, snapshot.ids[added]])
        is_available = np.isin(all_ids, snapshot.ids)
        row_of = np.full(len(all_ids), -1, np.int64)
        row_of[is_available] = np.searchsorted(snapshot.ids, all_ids[is_available])
        item_of = np.zeros(len(snapshot), np.int64)
        item_of[row_of[is_available]] = np.flatnonzero(is_available)
        rank_factors = np.ones(len(all_ids), np.float32)
        rank_factors[item_of] = snapshot.rank_factors
        newest_rows = snapshot.rows_newest_first()
        hardly_seen = newest_rows[snapshot.shown[newest_rows] < FIRST_VIEWS]
        creators, index = np.unique(snapshot.creators, return_inverse=True)
        views = np.bincount(index, weights=snapshot.shown, minlength=len(creators)).astype(int)
        return cls(
            snapshot=snapshot,
            model=model,
            row_of=row_of,
            item_of=item_of,
            unavailable=np.flatnonzero(~is_available),
            adult=item_of[snapshot.is_adult],
            exploration_pool=item_of[hardly_seen[:EXPLORATION_POOL]],
            newest=item_of[newest_rows[:NEWEST]],
            free=item_of[newest_rows[~snapshot.is_commercial[newest_rows]][:EXPLORATION_POOL]],
            rank_factors=rank_factors,
            views_of_creator=dict(zip(creators.tolist(), views.tolist(), strict=True)),
        )

    def items(self, clip_ids: Ids) -> Ids:
        """Return the items of these clips, in the same order. Clips that are not in the snapshot are left out."""
        return self.item_of[self.snapshot.rows_of(clip_ids)]

    def clip_ids(self, items: Ids) -> list[int]:
        """Return the clip id of each item. All items must be available."""
        ids: list[int] = self.snapshot.ids[self.row_of[items]].tolist()
        return ids

    def ranked_clip(self, item: int, *, followed: frozenset[int], **marks: bool) -> RankedClip:
        """Return the facts about a clip that the page rules use. `marks` are `is_exploration` and `is_look`."""
        snapshot, row = self.snapshot, int(self.row_of[item])
        creator, categories, products = int(snapshot.creators[row]), snapshot.categories[row], snapshot.products[row]
        return RankedClip(
            item=item,
            creator=creator,
            products=frozenset(products),
            category=categories[0] if categories else -1,
            is_commercial=bool(snapshot.is_commercial[row]),
            is_followed=creator in followed,
            **marks,
            has_new_creator=self.views_of_creator[creator] < FEW_VIEWS,
        )

    def is_new(self, item: int) -> bool:
        """Return whether the clip was published within the last week."""
        return bool(self.snapshot.published_at[self.row_of[item]] > time.time() - NEW_CLIP_S)


@dataclass(frozen=True, eq=False)
class ViewerQuery:
    """A viewer's state in the form that the model needs, with items in place of clip ids."""

    history: History
    interests: Ids
    followed: Ids
    taste: Taste
    blocked: Ids
    rank_factors: NDArray[np.float32]
    exploration: Exploration
    max_commercial: int = WINDOW
    is_explored: bool = True

    @classmethod
    def of(cls, ranker: Ranker, viewer: ViewerState, excluded: Ids, *, is_adult: bool, explores: bool = True) -> Self:
        """Build a query from a viewer's state. Clips in `excluded` are not recommended.

        If `explores` is False, the viewer's taste in categories is not explored.
        """
        rows, is_present = ranker.snapshot.find(viewer.history)
        history = History(ranker.item_of[rows], viewer.weights[is_present])
        interests = np.array(sorted(viewer.interests), np.int64)
        taste = taste_of(viewer.reason_factors)
        adult = np.empty(0, np.int64) if is_adult else ranker.adult
        unwanted = np.flatnonzero(np.isin(ranker.model.tables.items.creator, list(viewer.hidden_creators)))
        exploration = Exploration.of(
            ranker.model.tables.items,
            seen=ranker.items(viewer.seen),
            enjoyed=history.items[history.weight > 0],
            interests=interests,
            unwanted=np.array(list(taste.categories), np.int64),
        )
        return cls(
            history=history,
            interests=interests,
            followed=np.array(sorted(viewer.followed), np.int64),
            taste=taste,
            blocked=np.concatenate([ranker.items(excluded), ranker.unavailable, adult, unwanted]),
            rank_factors=_rank_factors(ranker, viewer),
            max_commercial=int(viewer.dial),
            exploration=exploration.with_strength(_exploration_strength(ranker) if explores else 0.0),
            is_explored=explores,
        )


def list_best(ranker: Ranker, query: ViewerQuery) -> ScoredItems:
    """Return the best LIST_LENGTH clips for a viewer, or fewer if nearly everything is blocked.

    If the commerce dial is turned down, as many clips without commercial interest may be added.
    """
    options: dict[str, Any] = {
        "followed": query.followed,
        "taste": query.taste,
        "rank_factors": query.rank_factors,
    }
    model = ranker.model.with_leaning(query.exploration.leaning)
    best = recommend_exploring(
        ranker.model,
        query.history,
        query.interests,
        query.exploration,
        LIST_LENGTH,
        excluded=query.blocked,
        **options,
    )
    if query.max_commercial < WINDOW:
        # Clips without commercial interest fill the places that the commerce dial closes to others.
        free = ranker.free[~np.isin(ranker.free, np.concatenate([query.blocked, best.items]))]
        best = best.merged_with(model.rank(query.history, query.interests, free, **options).first(LIST_LENGTH))
    if len(best) < LIST_LENGTH // 2:
        rest = _newest_remaining(ranker, np.concatenate([query.blocked, best.items]))
        best = best.merged_with(model.rank(query.history, query.interests, rest, **options))
    return best


def list_looks(ranker: Ranker, query: ViewerQuery, best: NDArray[np.integer[Any]]) -> list[int]:
    """Return items of categories of which it is not known whether the viewer likes them, best first.

    They come from the items of the viewer's list, `best`, or else from the most popular ones of such categories.

    The list is empty if whole pages explore such categories, or if the viewer's tastes are known.
    """
    looks = query.exploration.with_strength(1.0)
    if not query.is_explored or query.exploration.strength >= 1 or not looks.is_active:
        return []

    def only_unknown(items: NDArray[np.integer[Any]]) -> list[int]:
        return [item for item in items.tolist() if looks.is_unknown(_first_category(ranker, item))]

    if among_best := only_unknown(best):
        return among_best[:LOOKS]
    ranked = ranker.model.rank(
        query.history,
        query.interests,
        np.array(only_unknown(ranker.model.tables.best_of_categories(1, query.blocked)), np.int64),
        followed=query.followed,
        taste=query.taste,
        rank_factors=query.rank_factors,
    )
    looked_at: list[int] = ranked.first(LOOKS).items.tolist()
    return looked_at


def _first_category(ranker: Ranker, item: int) -> int:
    categories = ranker.snapshot.categories[ranker.row_of[item]]
    return int(categories[0]) if categories else -1


def _exploration_strength(ranker: Ranker) -> float:
    """Return how strongly pages explore, as the log has taught within the operator's limits."""
    floor, ceiling = settings.FEED_EXPLORATION_MIN / 100, settings.FEED_EXPLORATION_MAX / 100
    return max(floor, min(ranker.model.weights.exploration, ceiling))


def draw_for_exploration(
    ranker: Ranker, query: ViewerQuery, random: np.random.Generator, *, probability: float
) -> list[int]:
    """Draw clips with few views at random, and return their items with the best draw first.

    The draw takes place with the given `probability`, which "less of this" lowers. Otherwise, the list is empty.
    """
    pool = ranker.exploration_pool[~np.isin(ranker.exploration_pool, query.blocked)]
    if not len(pool) or random.random() > probability:
        return []
    rows = ranker.row_of[pool]
    views, satisfied = (column[rows].astype(np.int64) for column in (ranker.snapshot.shown, ranker.snapshot.satisfied))
    affinity = query.exploration.affinity_of(pool)
    drawn: list[int] = pool[draw_new_clips(views, satisfied, affinity, NEW_CLIPS_DRAWN, random)].tolist()
    return drawn


def taste_of(reason_factors: Mapping[str, float]) -> Taste:
    """Return the factors that a viewer has set with "less of this", sorted by terms, categories and creators."""
    terms: dict[str, float] = {}
    categories: dict[int, float] = {}
    creators: dict[int, float] = {}
    for code, factor in reason_factors.items():
        term, _colon, subject = code.partition(":")
        if term in CATEGORY_CODES and subject.isdigit():
            categories[int(subject)] = categories.get(int(subject), 1.0) * factor
        elif term == "creator" and subject.isdigit():
            creators[int(subject)] = factor
        else:
            for part in (term, "transition") if term == "co_watch" else (term,):
                terms[part] = terms.get(part, 1.0) * factor
    return Taste(terms, categories, creators)


def _rank_factors(ranker: Ranker, viewer: ViewerState) -> NDArray[np.float32]:
    """Return the rank factor of every item. New clips have lower factors if the viewer wants fewer of them."""
    if "new" not in viewer.reason_factors:
        return ranker.rank_factors
    factors = ranker.rank_factors.copy()
    is_new = ranker.snapshot.published_at > time.time() - NEW_CLIP_S
    factors[ranker.item_of[is_new]] *= viewer.reason_factors["new"]
    return factors


def _newest_remaining(ranker: Ranker, blocked: Ids) -> Ids:
    """Return the newest items that are not blocked, for a viewer who has seen nearly everything."""
    newest = ranker.newest[~np.isin(ranker.newest, blocked)]
    if len(newest) >= LIST_LENGTH:
        return newest[:LIST_LENGTH]
    return ranker.item_of[~np.isin(ranker.item_of, blocked)][-LIST_LENGTH:]
