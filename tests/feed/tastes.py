"""A large made-up shop in memory, and new viewers of known tastes who watch it page by page: no database, no server."""

import time
import uuid
from dataclasses import replace

import numpy as np

from feed.page.engine import Engine, items_of
from feed.page.ranker import line_up
from feed.page.snapshot import Shelf
from feed.page.viewer_state import Watching
from feed.ranking import KINDS, Events, Model
from feed.ranking.interactions import Doubles

CATEGORIES, TASTES = 40, 2
LIKES, SLIPS = 0.7, 0.05
DAY_S = 86_400


def make_engine(clips: int, *, events: int, viewers: int, seed: int = 1) -> Engine:
    """Make a shop whose log was drawn without regard to tastes, so that what is learned of them is next to nothing."""
    random = np.random.default_rng(seed)
    shelf = _make_shelf(clips, random)
    log = _draw_log(clips, events, viewers, random)
    shown = np.bincount(log.item, minlength=clips).astype(np.float32)
    satisfied = np.bincount(log.item[log.satisfied], minlength=clips).astype(np.float32)
    model = Model.fit(log, items_of(shelf, np.arange(clips)))
    return Engine.of(replace(shelf, shown=shown, satisfied=satisfied), model, shelf.ids)


def find_tastes(engine: Engine, *, viewers: int, pages: int, tells: bool = False, seed: int = 2) -> Doubles:
    """Return, page by page, the share of clips to a new viewer's taste. With `tells` tastes and three more are chosen."""
    random = np.random.default_rng(seed)
    return np.mean([_watch(engine, pages, random, tells=tells) for _viewer in range(viewers)], axis=0)


def _watch(engine: Engine, pages: int, random: np.random.Generator, *, tells: bool) -> list[float]:
    order = random.permutation(CATEGORIES) + 1
    tastes, told = set(order[:TASTES].tolist()), frozenset(order[: TASTES + 3].tolist() if tells else ())
    seen: list[int] = []
    enjoyed: list[int] = []
    shares = []
    for _page in range(pages):
        watching = Watching(
            uuid.uuid4(),
            interests=told,
            history=np.array(enjoyed, np.int64),
            weights=np.ones(len(enjoyed), np.float32),
            seen=np.array(seen, np.int64),
        )
        line = line_up(engine=engine, watching=watching, excluded=watching.seen, is_adult=True, random=random)
        page = line.next_clips(served=seen[-64:], count=8)
        fits = [bool(tastes & set(engine.shelf.categories[clip - 1])) for clip in page]
        enjoyed += [clip for clip, fit in zip(page, fits, strict=True) if random.random() < (LIKES if fit else SLIPS)]
        seen += page
        shares.append(float(np.mean(fits)))
    return shares


def _make_shelf(clips: int, random: np.random.Generator) -> Shelf:
    """Give each clip one category in turn, two products of it, and one of many creators."""
    ids = np.arange(1, clips + 1)
    categories, products = np.empty(clips, object), np.empty(clips, object)
    categories[:] = [(clip % CATEGORIES + 1,) for clip in ids.tolist()]
    products[:] = [(2 * clip, 2 * clip + 1) for clip in ids.tolist()]
    ones, zeros = np.ones(clips, np.float32), np.zeros(clips, np.float32)
    return Shelf(
        ids=ids,
        creators=random.integers(1, max(20, clips // 100), clips),
        published_at=time.time() - random.random(clips) * 60 * DAY_S,
        is_adult=np.zeros(clips, np.bool_),
        duration_ms=np.full(clips, 10_000, np.int32),
        earns=np.zeros(clips, np.bool_),
        shown=zeros,
        satisfied=zeros,
        standing=ones,
        categories=categories,
        products=products,
    )


def _draw_log(clips: int, events: int, viewers: int, random: np.random.Generator) -> Events:
    """Show clips by a power law to anybody; a viewer's one taste makes sure to satisfy, other clips satisfy two in five."""
    viewer = random.integers(0, viewers, events)
    item = np.minimum((clips * random.random(events) ** 2.5).astype(np.int64), clips - 1)
    at = (time.time() - random.random(events) * 27 * DAY_S).astype(np.int64)
    is_own = (item + 1) % CATEGORIES == viewer % CATEGORIES
    satisfied = is_own | (random.random(events) < 0.4)
    kind = np.full(events, KINDS.index("watch"), np.int8)
    return Events(viewer, item, at, kind, np.ones(events, np.float32), satisfied)
