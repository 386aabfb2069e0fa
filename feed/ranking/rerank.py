"""The learned re-rank: small trees adjust the scores of the fusion (see `model`), using features that it lacks.

The trees are fitted to the log-odds that the fusion's score leaves unexplained. They are used only if they help on
viewers who were left out of the fit. Without trees, the fusion's scores stay the same. The predictions of the trees are
halved. This was at least as good on every log tried, and limits the loss when viewers behave differently on another
day. Skips are not a feature: in logs collected under another feed's ranker, a skip looks like a weak sign of interest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import Candidates, ViewerProfile
from feed.ranking.interactions import Doubles, EventLog, Floats, Items
from feed.ranking.ndcg import ndcg
from feed.ranking.popularity import popularity_signals
from feed.ranking.prior import category_profile, lift_of
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees

DEPTH = 300  # how many of the best clips are re-ranked
DAMPING = 0.5
NEGATIVES = 0.25  # the fit uses this share of the clips that were not enjoyed next
STANDARD_ERRORS = 1.0
CUT = 20


@dataclass(frozen=True)
class Rerank:
    """Trees and the item features that they use.

    `signals` is float32, (items + 1, signals). Its last row is for new clips.
    """

    trees: Trees
    signals: Floats

    @classmethod
    def of(cls, trees: Trees, log: EventLog, tables: Tables) -> "Rerank":
        """Build a re-rank. Item signals are computed only if there are trees, because nothing else uses them."""
        return cls(trees, item_signals(log, tables) if len(trees) else np.zeros((1, 0), np.float32))

    def with_items(self, more: Items) -> "Rerank":
        """Return this re-rank with new items at the end, for clips published after the fit."""
        return replace(self, signals=np.concatenate((self.signals, np.repeat(self.signals[-1:], more.count, axis=0))))

    def factors(self, tables: Tables, viewer: ViewerProfile, candidates: Candidates, scores: Doubles) -> Doubles:
        """Return a factor for each candidate's score. It is 1 if the viewer has not enjoyed any clip yet."""
        if not len(self.trees) or not len(viewer.enjoyed):
            return np.ones(len(candidates.items))
        log_odds = self.trees.predict(features(self.signals, tables, viewer, candidates, scores))
        return np.asarray(np.exp(log_odds * viewer.trust))


def item_signals(log: EventLog, tables: Tables) -> Floats:
    """Return the signals of every item. The last row is an extra one for clips without events."""
    now = int(log.at.max()) if len(log) else 0
    popularity = tables.popularity
    signals = popularity_signals(log, tables.items.count, now)
    counts = np.column_stack((signals, np.log1p(popularity.enjoyed), popularity.trend))
    rows = np.column_stack((counts, np.log(tables.rates[:, :2])))
    no_events = np.concatenate((counts.min(axis=0, initial=0.0), np.zeros(2)))
    return np.vstack((rows, no_events)).astype(np.float32)


def features(signals: Floats, tables: Tables, viewer: ViewerProfile, candidates: Candidates, scores: Doubles) -> Floats:
    """Return the features of each candidate: float32, (candidates, features).

    They are the item's signals, its raw terms, the log of its score, its category lift, and the number of clips that
    the viewer enjoyed.
    """
    profile = category_profile(tables.items, viewer.enjoyed, viewer.weight, tables.base)
    lift = lift_of(tables.items, candidates.items, profile)
    length = np.full(len(candidates.items), len(viewer.enjoyed))
    of_viewer = np.column_stack((candidates.raw, np.log(scores + 1e-12), lift, length)).astype(np.float32)
    return np.concatenate((signals[candidates.items], of_viewer), axis=1)


@dataclass(frozen=True)
class ValidationList:
    """A validation viewer's best candidates, with one row of features and one score of the fusion for each.

    `hits` is 1 for a candidate that the viewer enjoyed next and 0 for others. `target_count` is the number of all clips
    that the viewer enjoyed next.
    """

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
    """Return trees to add to the log of the fusion's score. Their predictions are already damped."""
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
    """Return the increase in NDCG@CUT that the trees bring for one viewer."""
    reranked = validation.scores * np.exp(trees.predict(validation.rows))
    after, before = (
        ndcg(validation.hits[np.argsort(-scores, kind="stable")], validation.target_count, CUT)
        for scores in (reranked, validation.scores)
    )
    return after - before
