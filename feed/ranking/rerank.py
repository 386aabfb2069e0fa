"""The learned re-rank: small trees bend the fusion's scores by what it does not know of, and only where that has helped.

The trees are fitted to the log-odds that the fusion's score leaves unexplained, so that without any the fusion stays.
Half of what they say is believed: that was as good or better on every log tried, and loses little where days differ.
A clip that was passed by is no feature: logs of another feed's ranker make skips look weakly positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import Candidates, Viewer
from feed.ranking.interactions import Doubles, Events, Floats, Items
from feed.ranking.popularity import signs_of
from feed.ranking.prior import category_profile, lift_of
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees

DEPTH = 300  # how many of the best are ranked anew
BELIEVED = 0.5
NEGATIVES = 0.25  # of the clips that did not come next, to fit on
STANDARD_ERRORS = 1.0
CUT = 20


@dataclass(frozen=True)
class Rerank:
    """`signs` is float32, (items, signs): what is known of each clip; the last row is of one that nobody has met."""

    trees: Trees
    signs: Floats

    @classmethod
    def of(cls, trees: Trees, events: Events, tables: Tables) -> "Rerank":
        """Note the signs of every item, if there is any tree to look at them."""
        return cls(trees, item_signs(events, tables) if len(trees) else np.zeros((1, 0), np.float32))

    def with_items(self, more: Items) -> "Rerank":
        """Add clips published since."""
        return replace(self, signs=np.concatenate((self.signs, np.repeat(self.signs[-1:], more.count, axis=0))))

    def factors(self, tables: Tables, viewer: Viewer, found: Candidates, score: Doubles) -> Doubles:
        """Return by how much each candidate's score is multiplied; 1 for a viewer of whom nothing is known."""
        if not len(self.trees) or not len(viewer.met):
            return np.ones(len(found.items))
        odds = self.trees.predict(features(self.signs, tables, viewer, found, score))
        return np.asarray(np.exp(odds * viewer.trust))


def item_signs(events: Events, tables: Tables) -> Floats:
    """Return what is known of every item, and in a last row what is known of none."""
    now = int(events.at.max()) if len(events) else 0
    known = tables.popularity
    counts = np.column_stack((signs_of(events, tables.items.count, now), np.log1p(known.enjoyed), known.trend))
    rows = np.column_stack((counts, np.log(tables.rates[:, :2])))
    nothing = np.concatenate((counts.min(axis=0, initial=0.0), np.zeros(2)))
    return np.vstack((rows, nothing)).astype(np.float32)


def features(signs: Floats, tables: Tables, viewer: Viewer, found: Candidates, score: Doubles) -> Floats:
    """Return float32, (candidates, features): signs of the clip, terms and score, leaning, how much is known."""
    profile = category_profile(tables.items, viewer.met, viewer.weight, tables.base)
    leans = lift_of(tables.items, found.items, profile)
    count = np.full(len(found.items), len(viewer.met))
    own = np.column_stack((found.raw, np.log(score + 1e-12), leans, count)).astype(np.float32)
    return np.concatenate((signs[found.items], own), axis=1)


@dataclass(frozen=True)
class Listed:
    """One judge's best candidates: features, the fusion's scores, which came next, and how many came next in all."""

    rows: Floats
    score: Doubles
    hits: Doubles
    wanted: int


def learn(judges: Sequence[Listed]) -> Trees:
    """Fit on either half of the judges; return the trees of both if they clearly help the half they have not seen."""
    order = np.random.default_rng(0).permutation(len(judges))
    halves = [[judges[place] for place in order[first::2]] for first in (0, 1)]
    grown = [_fit(half) for half in halves]
    gain = np.array([_gain(one, trees) for trees, others in zip(grown, halves[::-1], strict=True) for one in others])
    if not len(gain) or gain.mean() <= STANDARD_ERRORS * gain.std() / np.sqrt(len(gain)):
        return Trees.none()
    return grown[0].scaled(0.5).joined(grown[1].scaled(0.5))


def _fit(judges: Sequence[Listed]) -> Trees:
    """Fit trees that multiply the fusion's score, half believed."""
    random = np.random.default_rng(0)
    if not judges:
        return Trees.none()
    rows, score, hits = (np.concatenate([getattr(one, part) for one in judges]) for part in ("rows", "score", "hits"))
    kept = (hits > 0) | (random.random(len(hits)) < NEGATIVES)
    weight = np.where(hits > 0, 1.0, 1 / NEGATIVES)[kept]
    known = np.log(score[kept] + 1e-12)
    slope, level = _calibrate(known, hits[kept], weight)
    if slope <= 0:
        return Trees.none()
    return Trees.fit(rows[kept], hits[kept], weight, slope * known + level).scaled(BELIEVED / slope)


def _calibrate(known: Doubles, hits: Doubles, weight: Doubles) -> tuple[float, float]:
    """Fit log-odds = slope * known + level by Newton's method."""
    design = np.column_stack((known, np.ones(len(known))))
    line = np.array([0.5, 0.0])
    for _step in range(40):
        chance = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        bend = weight * chance * (1 - chance)
        pull = design.T @ (weight * (hits - chance))
        step = np.linalg.solve((design * bend[:, None]).T @ design + 1e-3 * np.eye(2), pull)
        line += step / max(1.0, float(np.abs(step).max()))
    return float(line[0]), float(line[1])


def _gain(judge: Listed, trees: Trees) -> float:
    """Return by how much NDCG@CUT grows."""
    after = judge.score * np.exp(trees.predict(judge.rows))
    return _ndcg(judge, after) - _ndcg(judge, judge.score)


def _ndcg(judge: Listed, score: Doubles) -> float:
    discount = 1 / np.log2(np.arange(CUT) + 2)
    best = np.argsort(-score, kind="stable")[:CUT]
    return float((judge.hits[best] * discount[: len(best)]).sum() / discount[: judge.wanted].sum())
