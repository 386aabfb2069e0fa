"""Choose the clips of a page: the engine's list for this viewer, a share for what is hardly seen, the page's rules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from feed.engine import Engine
from feed.ranking import History, Taste
from feed.ranking.diversify import Clip, Dial, lay_out
from feed.ranking.explain import Explainer, Reason
from feed.ranking.explore import choose_fresh
from feed.ranking.interactions import Ints
from feed.watching import Watching

Ids = NDArray[np.int64]
CONSIDERED = 28
TRIED = 4
TOLD = 2
FEW_VIEWS = 500
TRYING = "trying"
OF_CATEGORY = ("interest", "category")


@dataclass(frozen=True)
class Chosen:
    """A clip for the page; `reasons` are worked out when asked for, as clips beyond the page need none.

    A reason's code is `term` or `term:subject`; the strongest comes first.
    """

    clip_id: int
    reasons: Callable[[], tuple[str, ...]]


def choose_clips(
    *, engine: Engine, watching: Watching, excluded: Ids, before: Ids, count: int, random: np.random.Generator
) -> list[Chosen]:
    """Return at most `count` clips. `excluded` may not come; `before` are the last ones served, oldest first."""
    history = _history(engine, watching)
    interests = np.array(sorted(watching.interests), np.int64)
    followed = np.array(sorted(watching.followed), np.int64)
    taste = taste_of(watching.less)
    barred = np.concatenate([engine.items(excluded), engine.absent])
    listed = engine.model.recommend(history, interests, CONSIDERED, excluded=barred, followed=followed, taste=taste)
    tried = _tried(engine, watching, barred, random)
    terms = dict(zip(listed.items.tolist(), listed.terms, strict=True))
    line = [*listed.items.tolist(), *(item for item in tried.tolist() if item not in terms)]
    fresh = frozenset(tried.tolist())
    if len(listed) < CONSIDERED // 2:
        rest = _rest(engine, barred, np.array(line, np.int64))
        extra = engine.model.rank(history, interests, rest, followed=followed, taste=taste)
        terms |= dict(zip(extra.items.tolist(), extra.terms, strict=True))
        line += extra.items.tolist()
    page = lay_out(
        [_clip(engine, watching, item, is_fresh=item in fresh) for item in line],
        [_clip(engine, watching, item) for item in engine.items(before).tolist()],
        size=count,
        dial=Dial(int(watching.dial)),
    )
    explainer = Explainer(engine.model, history, interests)

    def why(item: int) -> tuple[str, ...]:
        if item not in terms:
            return (TRYING,)
        return _codes(engine, item, explainer.explain(item, terms[item], at_most=TOLD))

    return [Chosen(int(engine.shelf.ids[engine.row_of[clip.item]]), partial(why, clip.item)) for clip in page]


def taste_of(less: dict[str, float]) -> Taste:
    """Read the factors that a viewer has asked for: on a category, a creator, or a term as a whole."""
    terms: dict[str, float] = {}
    categories: dict[int, float] = {}
    creators: dict[int, float] = {}
    for code, factor in less.items():
        term, _colon, subject = code.partition(":")
        if term in OF_CATEGORY and subject.isdigit():
            categories[int(subject)] = categories.get(int(subject), 1.0) * factor
        elif term == "creator" and subject.isdigit():
            creators[int(subject)] = factor
        else:
            terms[term] = terms.get(term, 1.0) * factor
    return Taste(terms, categories, creators)


def _history(engine: Engine, watching: Watching) -> History:
    there = np.isin(watching.history, engine.shelf.ids)
    return History(engine.items(watching.history[there]), watching.weights[there])


def _tried(engine: Engine, watching: Watching, barred: Ids, random: np.random.Generator) -> Ids:
    """Draw a few of those with hardly any views; asking for less of it makes it rarer."""
    pool = engine.hardly_seen[~np.isin(engine.hardly_seen, barred)]
    if not len(pool) or random.random() > watching.less.get(TRYING, 1.0):
        return np.empty(0, np.int64)
    rows = engine.row_of[pool]
    views, satisfied = engine.shelf.shown[rows].astype(np.int64), engine.shelf.satisfied[rows].astype(np.int64)
    return pool[choose_fresh(views, satisfied, np.ones(len(pool)), TRIED, random)]


def _rest(engine: Engine, barred: Ids, listed: Ints) -> Ids:
    """Return what else there is, newest first, for those who have seen nearly everything."""
    left = engine.newest[~np.isin(engine.newest, np.concatenate([barred, listed]))]
    if len(left) >= CONSIDERED:
        return left[:CONSIDERED]
    every = engine.item_of
    return every[~np.isin(every, np.concatenate([barred, listed]))][-CONSIDERED:]


def _clip(engine: Engine, watching: Watching, item: int, *, is_fresh: bool = False) -> Clip:
    shelf, row = engine.shelf, int(engine.row_of[item])
    creator = int(shelf.creators[row])
    categories = shelf.categories[row]
    return Clip(
        item,
        creator,
        frozenset(shelf.products[row]),
        categories[0] if categories else -1,
        earns=bool(shelf.earns[row]) or len(shelf.products[row]) > 0,
        followed=creator in watching.followed,
        fresh=is_fresh,
        few_views=engine.views_of_creator[creator] < FEW_VIEWS,
    )


def _codes(engine: Engine, item: int, reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """Return the codes; a clip that nobody has enjoyed yet is not called popular."""
    is_enjoyed = engine.model.tables.popularity.enjoyed[item] >= 1
    codes = [_code(engine, reason) for reason in reasons if is_enjoyed or reason.term != "popular"]
    return tuple(codes) or ("unseen",)


def _code(engine: Engine, reason: Reason) -> str:
    if reason.category is not None:
        return f"{reason.term}:{reason.category}"
    if reason.creator is not None:
        return f"{reason.term}:{reason.creator}"
    if reason.item is not None and engine.row_of[reason.item] >= 0:
        return f"{reason.term}:{engine.shelf.ids[engine.row_of[reason.item]]}"
    return reason.term
