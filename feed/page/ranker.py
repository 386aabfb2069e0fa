"""Choose the clips of a page: the engine's list for this viewer, a share for what is hardly seen, the page's rules."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feed.page.engine import Engine
from feed.page.live import Asked
from feed.page.viewer_state import Watching
from feed.ranking import History, Scored, Taste
from feed.ranking.diversify import Clip, Dial, lay_out
from feed.ranking.explain import Explainer, Reason
from feed.ranking.explore import Sounding, choose_fresh
from feed.ranking.interactions import Floats, Ints

Ids = NDArray[np.int64]
CONSIDERED = 48
WELL_KNOWN = 60
"""Clips enjoyed after which nobody is sounded out any more."""
OF_EACH = 6
DRAWN = 12
"""How many hardly seen clips wait for the places kept for them."""
TOLD = 2
FEW_VIEWS = 500
TRYING, NEW, LOOK, UNSEEN = "trying", "new", "look", "unseen"
NEW_S = 7 * 86_400.0
OF_CATEGORY = ("interest", "category", LOOK)


@dataclass(frozen=True, eq=False)
class Line:
    """Clips for one viewer, best first, then those to be tried; good until the viewer does something.

    `terms` are the rows of Scored.terms by item; `codes` are reasons and `pages` pages already worked out.
    """

    engine: Engine
    dial: Dial
    followed: frozenset[int]
    clips: Sequence[Clip]
    ids: dict[int, int]
    terms: dict[int, Floats]
    explainer: Explainer
    sounding: Sounding
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    pages: dict[tuple[int, ...], Asked] = field(default_factory=dict)

    def page_after(self, *, served: Sequence[int], opening: Mapping[int, Sequence[int]], count: int) -> Asked:
        """Return what to show after the clips `served`: those to open with, then at most `count`, each with products.

        The same question has the same answer, so that a page asked for twice is laid out once.
        """
        asked = (count, *opening, 0, *served)
        if asked not in self.pages:
            chosen = self.next_clips(served=[*served, *opening], count=count)
            shelf = self.engine.shelf
            rows = shelf.rows_of(chosen).tolist()
            found = dict(zip(chosen, (shelf.products[row] for row in rows), strict=True))
            self.pages[asked] = Asked.of({**opening, **found})
        return self.pages[asked]

    def next_clips(self, *, served: Sequence[int], count: int) -> list[int]:
        """Return at most `count` clips to follow those `served`, oldest first."""
        gone = set(served)
        left = [clip for clip in self.clips if self.ids[clip.item] not in gone]
        before = [_flagged(self, item) for item in self.engine.items(np.array(served[-8:], np.int64)).tolist()]
        return [self.ids[clip.item] for clip in lay_out(left, before, size=count, dial=self.dial)]

    def left(self, served: Sequence[int]) -> int:
        """Return how many of the clips were not served yet."""
        return len(self.clips) - len(set(self.ids.values()).intersection(served)) if served else len(self.clips)

    def reasons_of(self, clip_id: int) -> tuple[str, ...]:
        """Return the codes of why a clip is here, the strongest first: `term` or `term:subject`."""
        if clip_id not in self.codes:
            self.codes[clip_id] = self._explain(int(self.engine.items(np.array([clip_id], np.int64))[0]))
        return self.codes[clip_id]

    def _explain(self, item: int) -> tuple[str, ...]:
        if item not in self.terms:
            return (TRYING,)
        reasons = self.explainer.explain(item, self.terms[item], at_most=TOLD)
        told = [_code(self.engine, reason) for reason in reasons if reason.term != "popular" or self._is_popular(item)]
        if len(told) < TOLD and _is_new(self.engine, item):
            told.append(NEW)
        category = _plain(self.engine, item).category
        if len(told) < TOLD and self.sounding.looks_into(category):
            told.append(f"{LOOK}:{category}")
        return tuple(told) or (UNSEEN,)

    def _is_popular(self, item: int) -> bool:
        """Whether more is expected of a clip than of most, and somebody has enjoyed it."""
        tables = self.engine.model.tables
        return bool(tables.popularity.enjoyed[item] >= 1 and tables.chance[item] * tables.items.count > 1)


def line_up(*, engine: Engine, watching: Watching, excluded: Ids, is_adult: bool, random: np.random.Generator) -> Line:
    """Rank for a viewer. `excluded` are clips that may not come."""
    history = _history(engine, watching)
    interests = np.array(sorted(watching.interests), np.int64)
    followed = np.array(sorted(watching.followed), np.int64)
    taste = taste_of(watching.less)
    barred = np.concatenate([engine.items(excluded), engine.absent, [] if is_adult else engine.adult]).astype(np.int64)
    wishes: dict[str, Any] = {"followed": followed, "taste": taste, "standing": _standing(engine, watching)}
    enjoyed, less = history.items[history.weight > 0], np.array(list(taste.categories), np.int64)
    sounding = Sounding.of(engine.model.tables.items, engine.items(watching.seen), enjoyed, interests, less)
    listed = _list_best(engine, sounding, history, interests, barred, wishes)
    terms = dict(zip(listed.items.tolist(), listed.terms, strict=True))
    tried = _draw(engine, watching, barred, sounding, random)
    every = [*listed.items.tolist(), *(item for item in tried if item not in terms)]
    rows = engine.row_of[np.array(every, np.int64)]
    line = Line(
        engine,
        Dial(int(watching.dial)),
        watching.followed,
        [],
        dict(zip(every, engine.shelf.ids[rows].tolist(), strict=True)),
        terms,
        Explainer(engine.model, history, interests),
        sounding,
    )
    fresh = frozenset(tried)
    return replace(line, clips=[_flagged(line, item, is_fresh=item in fresh) for item in every])


def _list_best(
    engine: Engine, sounding: Sounding, history: History, interests: Ints, barred: Ids, wishes: Mapping[str, Any]
) -> Scored:
    """Rank all clips; sound out those who are hardly known, and go on with anything for those who have seen the best."""
    model = engine.model.leaning(sounding.leaning)
    listed = model.recommend(history, interests, CONSIDERED, excluded=barred, **wishes)
    if sounding.enjoyed < WELL_KNOWN:
        broad = model.tables.best_of_categories(OF_EACH, np.concatenate([barred, listed.items]))
        both = listed.joined(model.rank(history, interests, broad, **wishes))
        listed = both.weighed(sounding.sound_out(both.items)).first(CONSIDERED)
    if len(listed) < CONSIDERED // 2:
        rest = _rest(engine, barred, listed.items)
        listed = listed.joined(model.rank(history, interests, rest, **wishes))
    return listed


def _standing(engine: Engine, watching: Watching) -> Floats:
    """Return the factor of every item: what is wrong with it, and less of what is new if the viewer asked for that."""
    if NEW not in watching.less:
        return engine.standing
    standing = engine.standing.copy()
    standing[engine.item_of[engine.shelf.published_at > time.time() - NEW_S]] *= watching.less[NEW]
    return standing


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
    rows, there = engine.shelf.find(watching.history)
    return History(engine.item_of[rows], watching.weights[there])


def _draw(
    engine: Engine, watching: Watching, barred: Ids, sounding: Sounding, random: np.random.Generator
) -> list[int]:
    """Draw a few of those with hardly any views; asking for less of it makes it rarer."""
    pool = engine.hardly_seen[~np.isin(engine.hardly_seen, barred)]
    if not len(pool) or random.random() > watching.less.get(TRYING, 1.0):
        return []
    rows = engine.row_of[pool]
    views, satisfied = engine.shelf.shown[rows].astype(np.int64), engine.shelf.satisfied[rows].astype(np.int64)
    drawn: list[int] = pool[choose_fresh(views, satisfied, sounding.lean(pool), DRAWN, random)].tolist()
    return drawn


def _rest(engine: Engine, barred: Ids, listed: Ints) -> Ids:
    """Return what else there is, newest first, for those who have seen nearly everything."""
    left = engine.newest[~np.isin(engine.newest, np.concatenate([barred, listed]))]
    if len(left) >= CONSIDERED:
        return left[:CONSIDERED]
    every = engine.item_of
    return every[~np.isin(every, np.concatenate([barred, listed]))][-CONSIDERED:]


def _flagged(line: Line, item: int, *, is_fresh: bool = False) -> Clip:
    clip = _plain(line.engine, item)
    is_followed = clip.creator in line.followed
    return replace(clip, followed=is_followed, fresh=is_fresh) if is_followed or is_fresh else clip


def _plain(engine: Engine, item: int) -> Clip:
    """Return what the rules look at, kept by the engine from one viewer to the next."""
    if item not in engine.clips:
        shelf, row = engine.shelf, int(engine.row_of[item])
        creator = int(shelf.creators[row])
        categories = shelf.categories[row]
        engine.clips[item] = Clip(
            item,
            creator,
            frozenset(shelf.products[row]),
            categories[0] if categories else -1,
            earns=bool(shelf.earns[row]) or len(shelf.products[row]) > 0,
            few_views=engine.views_of_creator[creator] < FEW_VIEWS,
        )
    return engine.clips[item]


def _is_new(engine: Engine, item: int) -> bool:
    return bool(engine.shelf.published_at[engine.row_of[item]] > time.time() - NEW_S)


def _code(engine: Engine, reason: Reason) -> str:
    if reason.category is not None:
        return f"{reason.term}:{reason.category}"
    if reason.creator is not None:
        return f"{reason.term}:{reason.creator}"
    if reason.item is not None and engine.row_of[reason.item] >= 0:
        return f"{reason.term}:{engine.shelf.ids[engine.row_of[reason.item]]}"
    return reason.term
