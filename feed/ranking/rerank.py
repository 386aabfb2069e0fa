"""The learned re-rank: small trees adjust the fusion's scores, using features that the fusion lacks.

The trees are fitted to the log-odds that the fusion's score leaves unexplained. They are only used if they help on
viewers left out of the fit, and without trees the fusion's scores stay the same. Their output is halved, which was as
good or better on every log tried and loses little where days differ. Skips are not a feature, because in logs from
another feed's ranker they look weakly positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import Candidates, ViewerProfile
from feed.ranking.interactions import Doubles, EventLog, Floats, Items
from feed.ranking.popularity import popularity_signals
from feed.ranking.prior import category_profile, lift_of
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees

DEPTH = 300  # how many of the best clips are re-ranked
DAMPING = 0.5
NEGATIVES = 0.25  # share of the clips that did not come next which the fit uses
STANDARD_ERRORS = 1.0
CUT = 20


@dataclass(frozen=True)
class Rerank:
    """Trees and their item features. `signals` is float32, (items + 1, signals). The last row is for new clips."""

    trees: Trees
    signals: Floats

    @classmethod
    def of(cls, trees: Trees, log: EventLog, tables: Tables) -> "Rerank":
        """Build a re-rank. The signals of the items are only computed if there are trees that use them."""
        return cls(trees, item_signals(log, tables) if len(trees) else np.zeros((1, 0), np.float32))

    def with_items(self, more: Items) -> "Rerank":
        """Return this re-rank extended by clips published since the fit."""
        return replace(self, signals=np.concatenate((self.signals, np.repeat(self.signals[-1:], more.count, axis=0))))

    def factors(self, tables: Tables, viewer: ViewerProfile, candidates: Candidates, scores: Doubles) -> Doubles:
        """Return the factor on each candidate's score, which is 1 for a viewer who has enjoyed nothing yet."""
        if not len(self.trees) or not len(viewer.enjoyed):
            return np.ones(len(candidates.items))
        log_odds = self.trees.predict(features(self.signals, tables, viewer, candidates, scores))
        return np.asarray(np.exp(log_odds * viewer.trust))


def item_signals(log: EventLog, tables: Tables) -> Floats:
    """Return the signals of every item, with a last row for a clip without events."""
    now = int(log.at.max()) if len(log) else 0
    popularity = tables.popularity
    signals = popularity_signals(log, tables.items.count, now)
    counts = np.column_stack((signals, np.log1p(popularity.enjoyed), popularity.trend))
    rows = np.column_stack((counts, np.log(tables.rates[:, :2])))
    no_events = np.concatenate((counts.min(axis=0, initial=0.0), np.zeros(2)))
    return np.vstack((rows, no_events)).astype(np.float32)


def features(signals: Floats, tables: Tables, viewer: ViewerProfile, candidates: Candidates, scores: Doubles) -> Floats:
    """Return float32, (candidates, features): signals, terms, log score, category lift and history length."""
    profile = category_profile(tables.items, viewer.enjoyed, viewer.weight, tables.base)
    lift = lift_of(tables.items, candidates.items, profile)
    length = np.full(len(candidates.items), len(viewer.enjoyed))
    of_viewer = np.column_stack((candidates.raw, np.log(scores + 1e-12), lift, length)).astype(np.float32)
    return np.concatenate((signals[candidates.items], of_viewer), axis=1)


@dataclass(frozen=True)
class ValidationList:
    """A validation viewer's best candidates: features, fusion scores, and hits (1 if the clip came next)."""

    rows: Floats
    scores: Doubles
    hits: Doubles
    target_count: int


def learn_trees(lists: Sequence[ValidationList]) -> Trees:
    """Fit trees on each half of the viewers, and test them on the other half.

    Return the mean of both sets if they clearly help, and otherwise no trees.
    """
    order = np.random.default_rng(0).permutation(len(lists))
    halves = [[lists[index] for index in order[first::2]] for first in (0, 1)]
    fitted = [_fit(half) for half in halves]
    gains = np.array(
        [_gain(unseen, trees) for trees, others in zip(fitted, halves[::-1], strict=True) for unseen in others]
    )
    if not len(gains) or gains.mean() <= STANDARD_ERRORS * gains.std() / np.sqrt(len(gains)):
        return Trees.none()
    return fitted[0].scaled(0.5).joined(fitted[1].scaled(0.5))


def _fit(lists: Sequence[ValidationList]) -> Trees:
    """Fit trees whose damped predictions adjust the log of the fusion's score."""
    random = np.random.default_rng(0)
    if not lists:
        return Trees.none()
    rows, scores, hits = (
        np.concatenate([getattr(part, name) for part in lists]) for name in ("rows", "scores", "hits")
    )
    sample = (hits > 0) | (random.random(len(hits)) < NEGATIVES)
    weight = np.where(hits > 0, 1.0, 1 / NEGATIVES)[sample]
    log_scores = np.log(scores[sample] + 1e-12)
    slope, level = _calibrate(log_scores, hits[sample], weight)
    if slope <= 0:
        return Trees.none()
    return Trees.fit(rows[sample], hits[sample], weight, slope * log_scores + level).scaled(DAMPING / slope)


def _calibrate(log_scores: Doubles, hits: Doubles, weight: Doubles) -> tuple[float, float]:
    """Fit log-odds = slope * log score + level by Newton's method, and return slope and level."""
    design = np.column_stack((log_scores, np.ones(len(log_scores))))
    line = np.array([0.5, 0.0])
    for _step in range(40):
        chance = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        curvature = weight * chance * (1 - chance)
        gradient = design.T @ (weight * (hits - chance))
        step = np.linalg.solve((design * curvature[:, None]).T @ design + 1e-3 * np.eye(2), gradient)
        line += step / max(1.0, float(np.abs(step).max()))
    return float(line[0]), float(line[1])


def _gain(validation: ValidationList, trees: Trees) -> float:
    """Return by how much the trees raise NDCG@CUT for one viewer."""
    reranked = validation.scores * np.exp(trees.predict(validation.rows))
    return _ndcg(validation, reranked) - _ndcg(validation, validation.scores)


def _ndcg(validation: ValidationList, scores: Doubles) -> float:
    discount = 1 / np.log2(np.arange(CUT) + 2)
    best = np.argsort(-scores, kind="stable")[:CUT]
    return float((validation.hits[best] * discount[: len(best)]).sum() / discount[: validation.target_count].sum())
