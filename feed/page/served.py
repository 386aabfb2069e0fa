"""Pages as viewers get them, for evaluation on a log: with the shop's goals, exploration and the rules of pages."""

import uuid

import numpy as np
from numpy.typing import NDArray

from feed.page.ranked_list import rank_clips
from feed.page.ranker import Ranker
from feed.page.snapshot import CatalogueSnapshot
from feed.page.viewer_state import ViewerState
from feed.ranking import EventLog, History, Items, Model
from feed.ranking.evaluation import Recommend
from feed.ranking.interactions import Ints
from feed.ranking.page_rules import WINDOW

NO_CREATOR = 1 << 40
"""Added to the numbers of items without a creator, each of which then has one of its own."""


def serve_pages(model: Model, items: Items, fitted: EventLog) -> Recommend:
    """Return a recommender that lays out one page after the other for a viewer, as the feed does.

    `fitted` is the log that the model was fitted to. Exploration draws the same clips in each run.
    """
    ranker = Ranker.of(snapshot_of_log(items, fitted), model, np.arange(items.count))
    random = np.random.default_rng(0)

    def recommend(history: History, interests: Ints, excluded: Ints, k: int) -> Ints:
        viewer = ViewerState(
            uuid.UUID(int=0),
            interests=frozenset(interests.tolist()),
            history=history.items.astype(np.int64),
            weights=history.weight,
            seen=history.items.astype(np.int64),
        )
        ranked = rank_clips(
            ranker=ranker, viewer=viewer, excluded=excluded.astype(np.int64), is_adult=True, random=random
        )
        shown: list[int] = []
        while len(shown) < k and (page := ranked.select(served=shown, opening={}, count=WINDOW).products):
            shown += page
        return np.array(shown[:k], np.int64)

    return recommend


def snapshot_of_log(items: Items, log: EventLog) -> CatalogueSnapshot:
    """Return a snapshot in which clip n is item n of the log: without products, and published when first seen."""
    pairs = log.viewer.astype(np.int64) * items.count + log.item
    shown, satisfied = (
        np.bincount(np.unique(part) % items.count, minlength=items.count) for part in (pairs, pairs[log.satisfied])
    )
    published_at = np.full(items.count, log.at.max(initial=0), np.float64)
    np.minimum.at(published_at, log.item, log.at)
    categories = np.split(items.category_ids, items.category_starts[1:-1])
    return CatalogueSnapshot(
        ids=np.arange(items.count),
        creators=np.where(items.creator < 0, NO_CREATOR + np.arange(items.count), items.creator).astype(np.int64),
        published_at=published_at,
        is_adult=np.zeros(items.count, np.bool_),
        duration_ms=np.ones(items.count, np.int32),
        is_commercial=np.zeros(items.count, np.bool_),
        shown=shown.astype(np.float32),
        satisfied=satisfied.astype(np.float32),
        rank_factors=np.ones(items.count, np.float32),
        categories=_objects([tuple(ids.tolist()) for ids in categories]),
        products=_objects([()] * items.count),
    )


def _objects(values: list[tuple[int, ...]]) -> NDArray[np.object_]:
    array = np.empty(len(values), object)
    array[:] = values
    return array
