"""A large simulated shop in memory, and new viewers with known tastes who watch it page by page. No database, no server."""

import time
import uuid
from dataclasses import replace

import numpy as np

from feed.page.ranked_list import rank_clips
from feed.page.ranker import Ranker
from feed.page.snapshot import CatalogueSnapshot
from feed.page.viewer_state import ViewerState
from feed.ranking import KINDS, EventLog, fit_model
from feed.ranking.interactions import Doubles

CATEGORIES, TASTES = 40, 2
LIKE_PROBABILITY, SLIP_PROBABILITY = 0.7, 0.05
DAY_S = 86_400


def make_ranker(clips: int, *, events: int, viewers: int, seed: int = 1) -> Ranker:
    """Return a ranker for a shop whose log was drawn regardless of tastes, so the model learns next to nothing of them."""
    random = np.random.default_rng(seed)
    snapshot = _make_snapshot(clips, random)
    log = _draw_log(clips, events, viewers, random)
    shown = np.bincount(log.item, minlength=clips).astype(np.float32)
    satisfied = np.bincount(log.item[log.satisfied], minlength=clips).astype(np.float32)
    model = fit_model(log, snapshot.items_of(np.arange(clips)))
    return Ranker.of(replace(snapshot, shown=shown, satisfied=satisfied), model, snapshot.ids)


def measure_tastes(
    ranker: Ranker, *, viewers: int, pages: int, chooses: bool = False, explores: bool = True, seed: int = 2
) -> Doubles:
    """Return, page by page, the share of clips to a new viewer's taste.

    With `chooses` the viewer picks the tastes and three other categories as interests. `explores=False` switches
    exploration off.
    """
    random = np.random.default_rng(seed)
    shares = [_watch(ranker, pages, random, chooses=chooses, explores=explores) for _viewer in range(viewers)]
    return np.mean(shares, axis=0)


def _watch(ranker: Ranker, pages: int, random: np.random.Generator, *, chooses: bool, explores: bool) -> list[float]:
    order = random.permutation(CATEGORIES) + 1
    tastes = set(order[:TASTES].tolist())
    interests = frozenset(order[: TASTES + 3].tolist() if chooses else ())
    seen: list[int] = []
    enjoyed: list[int] = []
    shares = []
    for _page in range(pages):
        viewer = ViewerState(
            uuid.uuid4(),
            interests=interests,
            history=np.array(enjoyed, np.int64),
            weights=np.ones(len(enjoyed), np.float32),
            seen=np.array(seen, np.int64),
        )
        ranked_list = rank_clips(
            ranker=ranker, viewer=viewer, excluded=viewer.seen, is_adult=True, random=random, explores=explores
        )
        page = list(ranked_list.select(served=seen[-64:], opening={}, count=8).products)
        matches = [bool(tastes & set(ranker.snapshot.categories[clip - 1])) for clip in page]
        enjoyed += [
            clip
            for clip, is_match in zip(page, matches, strict=True)
            if random.random() < (LIKE_PROBABILITY if is_match else SLIP_PROBABILITY)
        ]
        seen += page
        shares.append(float(np.mean(matches)))
    return shares


def _make_snapshot(clips: int, random: np.random.Generator) -> CatalogueSnapshot:
    """Give each clip one category in turn, two products of its own, and one of many creators."""
    ids = np.arange(1, clips + 1)
    categories, products = np.empty(clips, object), np.empty(clips, object)
    categories[:] = [(clip % CATEGORIES + 1,) for clip in ids.tolist()]
    products[:] = [(2 * clip, 2 * clip + 1) for clip in ids.tolist()]
    ones, zeros = np.ones(clips, np.float32), np.zeros(clips, np.float32)
    return CatalogueSnapshot(
        ids=ids,
        creators=random.integers(1, max(20, clips // 100), clips),
        published_at=time.time() - random.random(clips) * 60 * DAY_S,
        is_adult=np.zeros(clips, np.bool_),
        duration_ms=np.full(clips, 10_000, np.int32),
        is_commercial=np.zeros(clips, np.bool_),
        shown=zeros,
        satisfied=zeros,
        rank_factors=ones,
        categories=categories,
        products=products,
    )


def _draw_log(clips: int, events: int, viewers: int, random: np.random.Generator) -> EventLog:
    """Show clips to anyone by a power law. A clip of the viewer's one taste always satisfies, others in 40 % of cases."""
    viewer = random.integers(0, viewers, events)
    item = np.minimum((clips * random.random(events) ** 2.5).astype(np.int64), clips - 1)
    at = (time.time() - random.random(events) * 27 * DAY_S).astype(np.int64)
    is_taste = (item + 1) % CATEGORIES == viewer % CATEGORIES
    satisfied = is_taste | (random.random(events) < 0.4)
    kind = np.full(events, KINDS.index("watch"), np.int8)
    return EventLog(viewer, item, at, kind, np.ones(events, np.float32), satisfied)
