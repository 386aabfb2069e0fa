"""Reasons for a recommendation: the largest terms of a clip's score, each with its clip, category or creator.

Explanations are always true, because a score is the sum of its terms.
"""

from dataclasses import dataclass

import numpy as np

from feed.ranking.candidates import TERMS, ViewerProfile
from feed.ranking.interactions import Doubles, Floats, Ints
from feed.ranking.model import Model
from feed.ranking.prior import category_profile, interest_profile

MIN_SHARE = 0.1
CATEGORY_TERMS = ("interest", "category")
CATEGORY, LEANING = TERMS.index("category"), TERMS.index("leaning")  # both are about enjoyed categories


@dataclass(frozen=True)
class Explanation:
    """A term of a clip's score. `share` is the term's share of the score.

    `item`, `category` or `creator` says what the term is about. At most one of them is set. None is set for some terms,
    such as popularity.
    """

    term: str
    share: float
    item: int | None = None
    category: int | None = None
    creator: int | None = None


class Explainer:
    """An object that explains recommendations to one viewer. It caches look-ups that several clips need."""

    def __init__(self, model: Model, viewer: ViewerProfile) -> None:
        self._model, self._viewer = model, viewer
        self._neighbours: dict[str, tuple[Ints, Floats, Ints]] = {}
        self._profiles: dict[str, Doubles] = {}

    def explain(self, item: int, terms: Floats, *, at_most: int = 3) -> tuple[Explanation, ...]:
        """Return explanations for the largest terms of a clip's score, largest first.

        `terms` is the clip's row in `ScoredItems.terms`.
        """
        total = float(terms.sum())
        if total <= 0:
            return ()
        shares = terms / total
        shares[CATEGORY], shares[LEANING] = shares[CATEGORY] + shares[LEANING], 0
        order = np.argsort(-shares, kind="stable")[:at_most]
        large = [int(index) for index in order if shares[index] >= MIN_SHARE]
        return tuple(self._explanation(item, TERMS[index], float(shares[index])) for index in large)

    def _explanation(self, item: int, term: str, share: float) -> Explanation:
        if term in ("transition", "co_watch"):
            return Explanation(term, share, item=self._source(item, term))
        if term == "creator":
            return Explanation(term, share, creator=int(self._model.tables.items.creator[item]))
        if term in CATEGORY_TERMS:
            return Explanation(term, share, category=self._category(item, term))
        return Explanation(term, share)

    def _source(self, item: int, term: str) -> int | None:
        """Return the enjoyed clip that contributed most to this term, or None if no clip did."""
        if term not in self._neighbours:
            self._neighbours[term] = self._gather(term)
        ids, weights, rows = self._neighbours[term]
        matches = np.flatnonzero(ids == item)
        return int(self._viewer.enjoyed[rows[matches[np.argmax(weights[matches])]]]) if len(matches) else None

    def _gather(self, term: str) -> tuple[Ints, Floats, Ints]:
        """Return the neighbours of the enjoyed clips as three arrays.

        The first holds ids and the second holds weights. The third holds, for each neighbour, the index of the enjoyed
        clip that it belongs to.
        """
        viewer, age = self._viewer, np.arange(len(self._viewer.enjoyed))
        decay = 1 / (1 + age) if term == "transition" else 1 / np.sqrt(1 + age)
        table = self._model.tables.transitions if term == "transition" else self._model.tables.together
        ids, weights, lengths = table.gather(viewer.enjoyed, (viewer.weight * decay).astype(np.float32))
        return ids, weights, np.repeat(age, lengths)

    def _category(self, item: int, term: str) -> int | None:
        """Return the viewer's favourite among the clip's categories, or None if the clip has no category."""
        tables, viewer = self._model.tables, self._viewer
        items = tables.items
        categories = items.category_ids[items.category_starts[item] : items.category_starts[item + 1]]
        if not len(categories):
            return None
        if term not in self._profiles:
            self._profiles[term] = (
                interest_profile(viewer.interests, tables.reach)
                if term == "interest"
                else category_profile(items, viewer.enjoyed, viewer.weight, tables.base)
            )
        return int(categories[np.argmax(self._profiles[term][categories])])
