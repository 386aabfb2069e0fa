"""The fusion: terms from counting, weighed, times the clip's own lift. A score is the sum of its terms, nothing else.

    score(viewer, clip) = sum over terms of weight * share(viewer, clip) * lift(clip) * aim(clip)
    lift(clip) = exp(trend weight * trend) * (1 + times enjoyed) ** popularity power * rate ** quality power

Nothing of the viewer is stored or trained: the history comes with the request, so that an event counts in the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

import numpy as np

from feed.ranking.candidates import LIFTED, TERMS, Candidates, Viewer, find_candidates, look_up, score_candidates
from feed.ranking.interactions import Bools, Doubles, Events, Floats, History, Ints, Items
from feed.ranking.quality import weigh_goals
from feed.ranking.rerank import DEPTH, Rerank
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees

SATISFIED = MappingProxyType({"satisfied": 1.0})
NOBODY: Ints = np.zeros(0, np.int64)
UNLEARNED = Rerank(Trees.none(), np.zeros((1, 0), np.float32))
TURNED_AWAY_FACTOR = 0.5  # per clip turned away: on its creator, and on each clip of all its categories


@dataclass(frozen=True)
class Weights:
    """What the terms and the lift weigh. These start values are where `fit` begins, and stays if the data are mute."""

    transition: float = 0.5
    co_watch: float = 1.0
    interest: float = 1.0
    category: float = 0.1
    creator: float = 0.05
    leaning: float = 0.0  # not learned: see Model.leaning
    popular: float = 1.0
    trend_power: float = 0.3
    popularity_power: float = 0.0
    quality_power: float = 0.1

    @property
    def of_terms(self) -> Doubles:
        """Return the weights in the order of TERMS."""
        return np.array([getattr(self, term) for term in TERMS])


@dataclass(frozen=True)
class Taste:
    """What a viewer asked for: factors from 0 up on terms, categories and creators ("less of this" is 0.5 again)."""

    terms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    categories: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    creators: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))


NEUTRAL = Taste()


@dataclass(frozen=True)
class Scored:
    """A ranked list, best first: `terms` is float32, (items, TERMS), and each row sums to its score."""

    items: Ints
    scores: Floats
    terms: Floats

    def __len__(self) -> int:
        return len(self.items)

    def first(self, k: int) -> Self:
        """Return the best k."""
        return type(self)(self.items[:k], self.scores[:k], self.terms[:k])

    def joined(self, other: Self) -> Self:
        """Return both lists as one, best first."""
        both = (np.concatenate((getattr(self, part), getattr(other, part))) for part in ("items", "scores", "terms"))
        return type(self)(*both)._sorted()

    def weighed(self, factors: Doubles) -> Self:
        """Multiply every score, and its terms, by a factor of its own."""
        small = factors.astype(np.float32)
        return type(self)(self.items, self.scores * small, self.terms * small[:, None])._sorted()

    def _sorted(self) -> Self:
        order = np.lexsort((self.items, -self.scores))
        return type(self)(self.items[order], self.scores[order], self.terms[order])


@dataclass(frozen=True)
class Model:
    """Counted tables and the weights on them. Immutable; safe to share between threads.

    `aim` is how much better than by satisfaction alone each item serves the goals that staff have weighed.
    """

    tables: Tables
    weights: Weights
    lift: Floats
    aim: Floats
    rerank: Rerank

    @classmethod
    def of(
        cls,
        tables: Tables,
        weights: Weights,
        goals: Mapping[str, float] | None = None,
        *,
        rerank: Rerank = UNLEARNED,
    ) -> Self:
        """Join tables and weights; `goals` says what a good clip is (default: the viewer was satisfied)."""
        usual = weigh_goals(tables.rates, SATISFIED)
        aim = weigh_goals(tables.rates, goals or SATISFIED) / usual
        return cls(tables, weights, lift_items(tables, weights, usual), aim.astype(np.float32), rerank)

    @classmethod
    def fit(cls, events: Events, items: Items) -> "Model":
        """Count, and learn the weights on a part held out. Deterministic; see feed.ranking.fitting."""
        from feed.ranking.fitting import fit

        return fit(events, items)

    def with_goals(self, goals: Mapping[str, float]) -> Self:
        """Weigh the goals anew, without counting anything again. Raises ValueError as `weigh_goals` does."""
        return type(self).of(self.tables, self.weights, goals, rerank=self.rerank)

    def leaning(self, weight: float) -> Self:
        """Lean to what is popular in the categories enjoyed, whatever the log says of tastes.

        A log tells who enjoyed what was shown, so one of a feed that shows all to all teaches that tastes hardly matter.
        For the pages of those who are hardly known yet; a little accuracy on public logs is the price.
        """
        return replace(self, weights=replace(self.weights, leaning=weight))

    def with_items(self, more: Items) -> Self:
        """Add clips published since the fit; their ids follow the last known one."""
        lift = np.concatenate((self.lift, np.ones(more.count, np.float32)))
        aim = np.concatenate((self.aim, np.ones(more.count, np.float32)))
        rerank = self.rerank.with_items(more)
        return replace(self, tables=self.tables.with_items(more), lift=lift, aim=aim, rerank=rerank)

    def recommend(
        self,
        history: History | Ints,
        interests: Ints = NOBODY,
        k: int = 20,
        *,
        excluded: Ints | None = None,
        followed: Ints = NOBODY,
        taste: Taste = NEUTRAL,
        standing: Floats | None = None,
    ) -> Scored:
        """Return the best k clips among all, best first. `excluded` defaults to the clips of the history.

        `standing` is a factor for every item: below 1 for what should come later.
        """
        known = self._known(history)
        viewer = look_up(known, np.asarray(interests, np.int64), np.asarray(followed, np.int64))
        found = find_candidates(self.tables, viewer, known.items if excluded is None else excluded)
        return self._best(viewer, found, known, taste, k, standing)

    def rank(
        self,
        history: History | Ints,
        interests: Ints,
        candidates: Ints,
        *,
        followed: Ints = NOBODY,
        taste: Taste = NEUTRAL,
        standing: Floats | None = None,
    ) -> Scored:
        """Return all the given clips, best first."""
        known = self._known(history)
        viewer = look_up(known, np.asarray(interests, np.int64), np.asarray(followed, np.int64))
        found = score_candidates(self.tables, viewer, np.asarray(candidates, np.int64))
        return self._best(viewer, found, known, taste, len(found.items), standing)

    def _known(self, history: History | Ints) -> History:
        known = history if isinstance(history, History) else History.enjoyed(history)
        inside: Bools = known.items < self.tables.items.count
        return known if inside.all() else History(known.items[inside], known.weight[inside])

    def _best(
        self, viewer: Viewer, found: Candidates, history: History, taste: Taste, k: int, standing: Floats | None
    ) -> Scored:
        parts = weigh(found.raw, self.weights.of_terms, self.lift[found.items])
        wishes = self._wishes(found.items, history, taste) * self.aim[found.items]
        if standing is not None:
            wishes = wishes * standing[found.items]
        fusion, wished = parts.sum(axis=1), parts
        if taste.terms:
            wished = parts * np.array([taste.terms.get(term, 1.0) for term in TERMS])
        wished = wished * wishes[:, None]
        best = _largest(wished.sum(axis=1), max(k, DEPTH))
        found, wished = Candidates(found.items[best], found.raw[best]), wished[best]
        wished = wished * self.rerank.factors(self.tables, viewer, found, fusion[best])[:, None]
        scores = wished.sum(axis=1)
        best = _largest(scores, k)
        best = best[np.lexsort((found.items[best], -scores[best]))]
        return Scored(found.items[best], scores[best].astype(np.float32), wished[best].astype(np.float32))

    def _wishes(self, items: Ints, history: History, taste: Taste) -> Doubles:
        """Return the factor that the viewer's own words put on each item: never learned, always as said."""
        categories, creators = dict(taste.categories), dict(taste.creators)
        for item in history.items[history.weight < 0]:
            own = range(int(self.tables.items.category_starts[item]), int(self.tables.items.category_starts[item + 1]))
            for category in self.tables.items.category_ids[own.start : own.stop].tolist():
                categories[category] = categories.get(category, 1.0) * TURNED_AWAY_FACTOR
            creator = int(self.tables.items.creator[item])
            if creator >= 0:
                creators[creator] = creators.get(creator, 1.0) * TURNED_AWAY_FACTOR
        return self._factors(items, categories, creators)

    def _factors(self, items: Ints, categories: Mapping[int, float], creators: Mapping[int, float]) -> Doubles:
        factor = np.ones(len(items))
        if categories:
            by_category = np.ones(self.tables.items.category_count)
            for category, value in categories.items():
                if 0 <= category < len(by_category):
                    by_category[category] = value
            from feed.ranking.prior import lift_of

            factor *= lift_of(self.tables.items, items, by_category)
        for creator, value in creators.items():
            factor[self.tables.items.creator[items] == creator] *= value
        return factor


def _largest(scores: Doubles, k: int) -> Ints:
    """Return where the k largest are, in no order."""
    k = min(k, len(scores))
    return np.argpartition(-scores, k - 1)[:k] if k else NOBODY


def weigh(raw: Doubles, weights: Doubles, lift: Floats) -> Doubles:
    """Return the terms of the scores: (…, TERMS). The prior terms hold what is expected of the clip and take no lift."""
    parts = raw * weights
    parts[..., :LIFTED] *= lift[..., None]
    return parts


def lift_items(tables: Tables, weights: Weights, quality: Doubles) -> Floats:
    """Return the factor of each item that depends on no viewer; in the mean 1, so that terms without it keep their weight."""
    log_count = np.log1p(tables.popularity.enjoyed)
    exponent = weights.trend_power * tables.popularity.trend + weights.popularity_power * log_count
    lift = np.exp(exponent) * quality**weights.quality_power
    return np.asarray(lift / max(float(lift @ tables.even), 1e-12), np.float32)
