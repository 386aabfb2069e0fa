"""Tuning: changes to the weights of the fusion (see `model`), one at a time, to raise NDCG on held-out viewers.

A change is made only if the mean gain over the viewers is larger than its standard error. A weight keeps its start
value if the log says little about it, so a small or unusual log cannot distort the model.
"""

from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import LIFTED
from feed.ranking.interactions import Bools, Doubles, Floats, Ints
from feed.ranking.ndcg import discounts
from feed.ranking.weights import Weights

CUT = 20
DISCOUNTS = discounts(CUT)
ROUNDS = 3
STANDARD_ERRORS = 1.0
STEPS = {
    "trend_power": (-0.1, 0.1),
    "popularity_power": (-0.1, 0.1),
    "transition": (-0.25, 0.25, 0.5),
    "category": (-0.1, 0.1, 0.2),
    "creator": (-0.05, 0.05),
    "quality_power": (-0.1, 0.1),
}
MAY_BE_NEGATIVE = {"popularity_power"}


@dataclass(frozen=True)
class ValidationSet:
    """Candidates of held-out viewers, padded to the same number per viewer (width).

    `is_real` is False for padding. `raw` is (viewers, width, TERMS). `items` is (viewers, width) and holds row indices
    of `signals`, which is (items, 3): trend, log count and log rate. `even` holds the item weights for the mean lift.
    `hits` marks the candidates that the viewer enjoyed next. `target_counts` is the number of clips that each viewer
    enjoyed next, whether they are candidates or not.
    """

    is_real: Bools
    raw: Floats
    items: Ints
    signals: Floats
    even: Floats
    hits: Bools
    target_counts: Ints


def tune(start: Weights, validation: ValidationSet) -> Weights:
    """Return tuned weights, or `start` if no change helps or nobody's next clips are known."""
    if not len(validation.target_counts):
        return start
    best, value = start, ndcg_of(start, validation)
    for _ in range(ROUNDS):
        before = best
        for name, steps in STEPS.items():
            for step in steps:
                best, value = _climb(best, value, name, step, validation)
        if best == before:
            break
    return best


def _climb(best: Weights, value: Doubles, name: str, step: float, validation: ValidationSet) -> tuple[Weights, Doubles]:
    """Change one weight in steps as long as that clearly helps. Return the weights and the NDCG of each viewer."""
    while True:
        level = round(getattr(best, name) + step, 6)
        if level < 0 and name not in MAY_BE_NEGATIVE:
            return best, value
        moved = replace(best, **{name: level})
        new_value = ndcg_of(moved, validation)
        gain = new_value - value
        if not gain.mean() > STANDARD_ERRORS * gain.std() / np.sqrt(len(gain)) + 1e-9:  # also if there is no gain
            return best, value
        best, value = moved, new_value


def ndcg_of(weights: Weights, validation: ValidationSet) -> Doubles:
    """Return NDCG@CUT for each held-out viewer with these weights."""
    powers = np.array([weights.trend_power, weights.popularity_power, weights.quality_power], np.float32)
    of_terms = weights.of_terms.astype(np.float32)
    lifted = validation.raw[..., :LIFTED] @ of_terms[:LIFTED]
    lift = np.exp(validation.signals @ powers)
    lift /= max(float(lift @ validation.even), 1e-12)
    scores = lifted * lift[validation.items] + validation.raw[..., LIFTED:] @ of_terms[LIFTED:]
    scores = np.where(validation.is_real, scores, -1)
    width = min(CUT, scores.shape[1])
    best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(validation.hits, np.take_along_axis(best, order, axis=1), axis=1)
    ideal = np.cumsum(DISCOUNTS)[np.minimum(validation.target_counts, CUT) - 1]
    return np.asarray((hits * DISCOUNTS[:width]).sum(axis=1) / ideal)
