"""Why this clip: the terms of its score, largest first, each with what it speaks of.

True, because the terms are the score.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from feed.ranking.candidates import TERMS, look_up
from feed.ranking.interactions import Doubles, Floats, History, Ints
from feed.ranking.model import NOBODY, Model, Taste
from feed.ranking.prior import category_profile, interest_profile

LESS = 0.5
LEAST_SHARE = 0.1
OF_CATEGORY = ("interest", "category")
CATEGORY, LEANING = TERMS.index("category"), TERMS.index("leaning")  # they speak of the same


@dataclass(frozen=True)
class Reason:
    """A term, its share of the score, and what it speaks of: a clip met, a category or a creator (else None)."""

    term: str
    share: float
    item: int | None = None
    category: int | None = None
    creator: int | None = None


class Explainer:
    """Explains clips of one page: what is the same for all of them is looked up once."""

    def __init__(self, model: Model, history: History, interests: Ints) -> None:
        self._model, self._history, self._interests = model, history, interests
        self._viewer = look_up(history, interests, NOBODY)
        self._gathered: dict[str, tuple[Ints, Floats, Ints]] = {}
        self._profiles: dict[str, Doubles] = {}

    def explain(self, item: int, terms: Floats, *, at_most: int = 3) -> tuple[Reason, ...]:
        """Return the largest terms of one recommended clip; `terms` is its row of Scored.terms."""
        total = float(terms.sum())
        if total <= 0:
            return ()
        shares = terms / total
        shares[CATEGORY], shares[LEANING] = shares[CATEGORY] + shares[LEANING], 0
        order = np.argsort(-shares, kind="stable")[:at_most]
        large = [int(place) for place in order if shares[place] >= LEAST_SHARE]
        return tuple(self._reason(item, TERMS[place], float(shares[place])) for place in large)

    def _reason(self, item: int, term: str, share: float) -> Reason:
        if term in ("transition", "co_watch"):
            return Reason(term, share, item=self._source(item, term))
        if term == "creator":
            return Reason(term, share, creator=int(self._model.tables.items.creator[item]))
        if term in OF_CATEGORY:
            return Reason(term, share, category=self._category(item, term))
        return Reason(term, share)

    def _source(self, item: int, term: str) -> int | None:
        """Return the clip met whose neighbourhood gave the most to this term."""
        if term not in self._gathered:
            self._gathered[term] = self._gather(term)
        ids, mass, rows = self._gathered[term]
        here = np.flatnonzero(ids == item)
        return int(self._viewer.met[rows[here[np.argmax(mass[here])]]]) if len(here) else None

    def _gather(self, term: str) -> tuple[Ints, Floats, Ints]:
        """Return the neighbours of what was met, their mass, and which meeting each came from."""
        viewer, place = self._viewer, np.arange(len(self._viewer.met))
        decay = 1 / (1 + place) if term == "transition" else 1 / np.sqrt(1 + place)
        table = self._model.tables.transitions if term == "transition" else self._model.tables.together
        weight = (viewer.weight * decay).astype(np.float32)
        ids, mass, lengths = table.gather(viewer.met, weight)
        return ids, mass, np.repeat(place, lengths)

    def _category(self, item: int, term: str) -> int | None:
        """Return the clip's own category that the viewer leans to the most."""
        tables = self._model.tables
        own = tables.items.category_ids[tables.items.category_starts[item] : tables.items.category_starts[item + 1]]
        if not len(own):
            return None
        if term not in self._profiles:
            self._profiles[term] = (
                interest_profile(self._interests, tables.reach)
                if term == "interest"
                else category_profile(tables.items, self._viewer.met, self._viewer.weight, tables.base)
            )
        return int(own[np.argmax(self._profiles[term][own])])


def explain(
    model: Model, history: History, interests: Ints, item: int, terms: Floats, *, at_most: int = 3
) -> tuple[Reason, ...]:
    """Return the largest terms of one recommended clip; for a whole page, keep an Explainer."""
    return Explainer(model, history, interests).explain(item, terms, at_most=at_most)


def less_of(taste: Taste, reason: Reason) -> Taste:
    """Halve what the reason speaks of: its category or creator where it names one, else the term as a whole."""
    if reason.category is not None:
        factor = taste.categories.get(reason.category, 1.0) * LESS
        return replace(taste, categories=MappingProxyType({**taste.categories, reason.category: factor}))
    if reason.creator is not None:
        factor = taste.creators.get(reason.creator, 1.0) * LESS
        return replace(taste, creators=MappingProxyType({**taste.creators, reason.creator: factor}))
    factor = taste.terms.get(reason.term, 1.0) * LESS
    return replace(taste, terms=MappingProxyType({**taste.terms, reason.term: factor}))
