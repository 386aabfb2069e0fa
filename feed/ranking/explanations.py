"""Reasons for a recommendation: the largest terms of a clip's score, each with its clip, category or creator.

A term explains a clip only if the clip would rank lower without it, and a category only if the viewer enjoyed clips of it.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from feed.ranking.candidates import TERMS, ViewerProfile
from feed.ranking.interactions import NO_IDS, Doubles, Floats, Ints
from feed.ranking.model import Model, ScoredItems
from feed.ranking.prior import categories_of, interest_profile

MIN_SHARE = 0.1
TIED = 1e-5  # scores that differ by less, as a share, are the same: terms are stored as float32
A_LOT = 3
"""How many clips of a category a viewer must have enjoyed to watch a lot of it."""
CATEGORY, LEANING = TERMS.index("category"), TERMS.index("leaning")
CO_WATCH, TRANSITION = TERMS.index("co_watch"), TERMS.index("transition")


@dataclass(frozen=True)
class Explanation:
    """A term of a clip's score. `share` is the term's share of the score.

    `item`, `category` or `creator` says what the term is about. At most one of them is set. None is set for some terms,
    such as popularity. `enjoyed` is how many clips of the category the viewer has enjoyed.
    """

    term: str
    share: float
    item: int | None = None
    category: int | None = None
    creator: int | None = None
    enjoyed: int = 0


class Explainer:
    """An object that explains recommendations to one viewer. It caches look-ups that several clips need."""

    def __init__(self, model: Model, viewer: ViewerProfile, ranked: ScoredItems | None = None) -> None:
        """`ranked` is the viewer's ranked list. Without it, whether a term raised a clip's rank is not checked."""
        self._model, self._viewer = model, viewer
        self._terms = None if ranked is None else join_terms(ranked.terms)
        self._items = NO_IDS if ranked is None else ranked.items
        self._neighbours: dict[str, tuple[Ints, Floats, Ints]] = {}
        self._interests: Doubles | None = None
        self._enjoyed: Ints | None = None

    def explain(self, item: int, terms: Floats, *, at_most: int = 3) -> tuple[Explanation, ...]:
        """Return explanations for the largest terms of a clip's score, largest first.

        `terms` is the clip's row in `ScoredItems.terms`.
        """
        total = float(terms.sum())
        if total <= 0:
            return ()
        joined = join_terms(terms)
        shares = joined / total
        order = np.argsort(-shares, kind="stable")
        large = [int(index) for index in order if shares[index] >= MIN_SHARE and self._raises(item, joined, int(index))]
        explanations = [self._explanation(item, TERMS[index], float(shares[index])) for index in large]
        is_true = [explanation.term != "category" or explanation.enjoyed > 0 for explanation in explanations]
        return tuple(itertools.compress(explanations, is_true))[:at_most]

    def _raises(self, item: int, terms: Doubles, index: int) -> bool:
        """Return whether a clip with these terms would rank lower without one of them."""
        if self._terms is None:
            return True
        score, scores = terms.sum(), self._terms.sum(axis=1)
        rest = score - terms[index]
        is_tied = np.isclose(scores, rest, rtol=TIED, atol=0) & (self._items < item)  # ties go to the lower number
        passes = (scores < score * (1 - TIED)) & ((scores > rest * (1 + TIED)) | is_tied)
        return bool(passes.any())

    def _explanation(self, item: int, term: str, share: float) -> Explanation:
        if term == "co_watch":
            sources = (self._source(item, part) for part in ("co_watch", "transition"))
            return Explanation(term, share, item=next((source for source in sources if source is not None), None))
        if term == "creator":
            return Explanation(term, share, creator=int(self._model.tables.items.creator[item]))
        if term == "category":
            category, enjoyed = self._enjoyed_category(item)
            return Explanation(term, share, category=category, enjoyed=enjoyed)
        if term == "interest":
            return Explanation(term, share, category=self._interest(item))
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

    def _interest(self, item: int) -> int | None:
        """Return the rarest of the clip's categories that the viewer chose, or None if there is none."""
        categories = self._categories(item)
        if not len(categories):
            return None
        if self._interests is None:
            self._interests = interest_profile(self._viewer.interests, self._model.tables.reach)
        return int(categories[np.argmax(self._interests[categories])])

    def _enjoyed_category(self, item: int) -> tuple[int | None, int]:
        """Return the clip's category of which the viewer enjoyed most clips, and how many."""
        categories = self._categories(item)
        if not len(categories):
            return None, 0
        if self._enjoyed is None:
            items = self._model.tables.items
            self._enjoyed = np.bincount(categories_of(items, self._viewer.enjoyed)[0], minlength=items.category_count)
        best = int(categories[np.argmax(self._enjoyed[categories])])
        return best, int(self._enjoyed[best])

    def _categories(self, item: int) -> Ints:
        items = self._model.tables.items
        return items.category_ids[items.category_starts[item] : items.category_starts[item + 1]]


def join_terms(terms: Floats) -> Doubles:
    """Return terms joined as far as one sentence tells them.

    The leaning belongs to the category: both are about enjoyed categories. Transitions belong to what was watched together.
    """
    joined = np.asarray(terms, np.float64).copy()
    for into, part in ((CATEGORY, LEANING), (CO_WATCH, TRANSITION)):
        joined[..., into] += joined[..., part]
        joined[..., part] = 0
    return joined
