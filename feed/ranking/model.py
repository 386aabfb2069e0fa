"""The fusion, which scores clips for a viewer. A score is the sum of weighted terms, multiplied by factors of the clip.

    score(viewer, clip) = sum over terms of weight * share(viewer, clip) * lift(clip) * aim(clip)
    lift(clip) = exp(trend weight * trend) * (1 + times enjoyed) ** popularity power * rate ** quality power

The model stores nothing about viewers. Each request includes the viewer's history, so new events count at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

import numpy as np

from feed.ranking.candidates import LIFTED, TERMS, Candidates, ViewerProfile, find_candidates, score_candidates
from feed.ranking.interactions import NO_IDS, Bools, Doubles, Floats, History, Ints, Items
from feed.ranking.prior import lift_of
from feed.ranking.quality import weigh_goals
from feed.ranking.rerank import DEPTH, Rerank
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees
from feed.ranking.weights import Weights

SATISFIED = MappingProxyType({"satisfied": 1.0})
NO_RERANK = Rerank(Trees.none(), np.zeros((1, 0), np.float32))
MAX_AIM = 1.2  # the shop's goals multiply or divide a score by at most this
NOT_INTERESTED_FACTOR = 0.5  # each "not interested" applies this to the clip's creator and categories


@dataclass(frozen=True)
class Taste:
    """Factors on terms, categories and creators, which the viewer has set with "less of this". All are at least 0."""

    terms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    categories: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    creators: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))


NEUTRAL = Taste()


@dataclass(frozen=True)
class ScoredItems:
    """Items with scores, best first. `terms` is float32, (items, TERMS), and each row adds up to the item's score."""

    items: Ints
    scores: Floats
    terms: Floats

    def __len__(self) -> int:
        return len(self.items)

    def first(self, k: int) -> Self:
        """Return the best k items."""
        return type(self)(self.items[:k], self.scores[:k], self.terms[:k])

    def merged_with(self, other: Self) -> Self:
        """Return the items of both lists, best first."""
        parts = (np.concatenate((getattr(self, name), getattr(other, name))) for name in ("items", "scores", "terms"))
        return type(self)(*parts)._sorted()

    def multiplied_by(self, factors: Doubles) -> Self:
        """Multiply each item's score and terms by its factor, and return the items sorted again."""
        column = factors.astype(np.float32)
        return type(self)(self.items, self.scores * column, self.terms * column[:, None])._sorted()

    def _sorted(self) -> Self:
        order = np.lexsort((self.items, -self.scores))
        return type(self)(self.items[order], self.scores[order], self.terms[order])


@dataclass(frozen=True)
class Model:
    """Counted tables and their weights. Immutable, so that threads can share a model.

    `lift` is explained at `lift_items`. `aim` is each item's rate for the shop's goals, divided by its satisfaction
    rate.
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
        rerank: Rerank = NO_RERANK,
    ) -> Self:
        """Build a model from tables and weights.

        `goals` maps each goal to its weight. By default, the only goal is satisfaction. Raises ValueError if a goal is
        unknown, or if goal weights are negative or all 0.
        """
        quality = weigh_goals(tables.rates, SATISFIED)
        aim = np.clip(weigh_goals(tables.rates, goals or SATISFIED) / quality, 1 / MAX_AIM, MAX_AIM)
        return cls(tables, weights, lift_items(tables, weights, quality), aim.astype(np.float32), rerank)

    def with_goals(self, goals: Mapping[str, float]) -> Self:
        """Return this model with other goals. Nothing is counted again. Raises ValueError as `of` does."""
        return type(self).of(self.tables, self.weights, goals, rerank=self.rerank)

    def with_leaning(self, weight: float) -> Self:
        """Return this model with a weight on popular clips in enjoyed categories.

        The weight is for viewers about whom little is known. Only the strength of exploration, which it is part of, is
        learned from the log: if all viewers were shown the same clips, their tastes seem to matter less than they do.
        """
        return replace(self, weights=replace(self.weights, leaning=weight))

    def with_items(self, more: Items) -> Self:
        """Return this model with new items at the end, for clips published after the model was fitted."""
        ones = np.ones(more.count, np.float32)
        return replace(
            self,
            tables=self.tables.with_items(more),
            lift=np.concatenate((self.lift, ones)),
            aim=np.concatenate((self.aim, ones)),
            rerank=self.rerank.with_items(more),
        )

    def recommend(
        self,
        history: History | Ints,
        interests: Ints = NO_IDS,
        k: int = 20,
        *,
        excluded: Ints | None = None,
        followed: Ints = NO_IDS,
        taste: Taste = NEUTRAL,
        rank_factors: Floats | None = None,
    ) -> ScoredItems:
        """Return the best k clips, best first. `excluded` defaults to the clips in the history.

        `rank_factors` has one factor per item, which is below 1 for clips that should rank lower.
        """
        history = self._known_part(history)
        viewer = ViewerProfile.of(history, np.asarray(interests, np.int64), np.asarray(followed, np.int64))
        candidates = find_candidates(self.tables, viewer, history.items if excluded is None else excluded)
        return self._score(viewer, candidates, history, taste, k, rank_factors)

    def rank(
        self,
        history: History | Ints,
        interests: Ints,
        items: Ints,
        *,
        followed: Ints = NO_IDS,
        taste: Taste = NEUTRAL,
        rank_factors: Floats | None = None,
    ) -> ScoredItems:
        """Return all given items with their scores, best first."""
        history = self._known_part(history)
        viewer = ViewerProfile.of(history, np.asarray(interests, np.int64), np.asarray(followed, np.int64))
        candidates = score_candidates(self.tables, viewer, np.asarray(items, np.int64))
        return self._score(viewer, candidates, history, taste, len(candidates.items), rank_factors)

    def _known_part(self, history: History | Ints) -> History:
        """Return the history without items that the model does not know."""
        history = history if isinstance(history, History) else History.enjoyed(history)
        is_known: Bools = history.items < self.tables.items.count
        return history if is_known.all() else History(history.items[is_known], history.weight[is_known])

    def _score(
        self,
        viewer: ViewerProfile,
        candidates: Candidates,
        history: History,
        taste: Taste,
        k: int,
        rank_factors: Floats | None,
    ) -> ScoredItems:
        terms = weigh(candidates.raw, self.weights.of_terms, self.lift[candidates.items])
        fusion = terms.sum(axis=1)
        factors = self._taste_factors(candidates.items, history, taste) * self.aim[candidates.items]
        if rank_factors is not None:
            factors = factors * rank_factors[candidates.items]
        if taste.terms:
            terms = terms * np.array([taste.terms.get(term, 1.0) for term in TERMS])
        terms = terms * factors[:, None]
        best = _largest(terms.sum(axis=1), max(k, DEPTH))
        candidates, terms = Candidates(candidates.items[best], candidates.raw[best]), terms[best]
        terms = terms * self.rerank.factors(self.tables, viewer, candidates, fusion[best])[:, None]
        scores = terms.sum(axis=1)
        best = _largest(scores, k)
        best = best[np.lexsort((candidates.items[best], -scores[best]))]
        return ScoredItems(candidates.items[best], scores[best].astype(np.float32), terms[best].astype(np.float32))

    def _taste_factors(self, items: Ints, history: History, taste: Taste) -> Doubles:
        """Return a factor for each item, which combines "less of this" and "not interested"."""
        table = self.tables.items
        categories, creators = dict(taste.categories), dict(taste.creators)
        for item in history.items[history.weight < 0]:
            for category in table.category_ids[table.category_starts[item] : table.category_starts[item + 1]].tolist():
                categories[category] = categories.get(category, 1.0) * NOT_INTERESTED_FACTOR
            creator = int(table.creator[item])
            if creator >= 0:
                creators[creator] = creators.get(creator, 1.0) * NOT_INTERESTED_FACTOR
        factors = np.ones(len(items))
        if categories:
            by_category = np.ones(table.category_count)
            for category, factor in categories.items():
                if 0 <= category < len(by_category):
                    by_category[category] = factor
            factors *= lift_of(table, items, by_category)
        for creator, factor in creators.items():
            factors[table.creator[items] == creator] *= factor
        return factors


def _largest(scores: Doubles, k: int) -> Ints:
    """Return the indices of the k largest scores, in no particular order."""
    k = min(k, len(scores))
    return np.argpartition(-scores, k - 1)[:k] if k else NO_IDS


def weigh(raw: Doubles, weights: Doubles, lift: Floats) -> Doubles:
    """Return the weighted terms, (…, TERMS). Only the first LIFTED terms are multiplied by the lift.

    The other terms already contain the clip's popularity.
    """
    terms = raw * weights
    terms[..., :LIFTED] *= lift[..., None]
    return terms


def lift_items(tables: Tables, weights: Weights, quality: Doubles) -> Floats:
    """Return each item's lift, a factor that does not depend on the viewer.

    The mean lift is 1, so that terms without lift keep their relative weight.
    """
    log_count = np.log1p(tables.popularity.enjoyed)
    exponent = weights.trend_power * tables.popularity.trend + weights.popularity_power * log_count
    lift = np.exp(exponent) * quality**weights.quality_power
    return np.asarray(lift / max(float(lift @ tables.even), 1e-12), np.float32)
