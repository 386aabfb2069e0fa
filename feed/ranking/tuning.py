"""Learn the weights of the fusion: climb NDCG on viewers held out, one weight at a time.

A step is taken only if it helps by more than one standard error of the difference, viewer by viewer: where the data
are mute the start values stay, so that a small or odd log cannot bend the model.
"""

from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import LIFTED
from feed.ranking.interactions import Bools, Doubles, Floats, Ints
from feed.ranking.model import Weights

CUT = 20
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
class Judged:
    """Candidates of viewers held out, padded to one width.

    `real` marks what is no padding; `raw` is (viewers, width, TERMS); `items` is (viewers, width): rows of `signs`, which
    is (items, 3): trend, log count and log rate; `even` weighs the items when their mean lift is taken; `hits` says which
    of them came next, `wanted` how many came next in all.
    """

    real: Bools
    raw: Floats
    items: Ints
    signs: Floats
    even: Floats
    hits: Bools
    wanted: Ints


def tune(start: Weights, judged: Judged) -> Weights:
    """Return better weights, or the same."""
    best, value = start, gains(start, judged)
    for _ in range(ROUNDS):
        before = best
        for name, steps in STEPS.items():
            for step in steps:
                best, value = _climb(best, value, name, step, judged)
        if best == before:
            break
    return best


def _climb(best: Weights, value: Doubles, name: str, step: float, judged: Judged) -> tuple[Weights, Doubles]:
    """Walk in one direction as long as it clearly helps."""
    while True:
        level = round(getattr(best, name) + step, 6)
        if level < 0 and name not in MAY_BE_NEGATIVE:
            return best, value
        moved = replace(best, **{name: level})
        new = gains(moved, judged)
        difference = new - value
        if difference.mean() <= STANDARD_ERRORS * difference.std() / np.sqrt(len(difference)) + 1e-9:
            return best, value
        best, value = moved, new


def gains(weights: Weights, judged: Judged) -> Doubles:
    """Return NDCG@CUT of every judge under these weights."""
    powers = np.array([weights.trend_power, weights.popularity_power, weights.quality_power], np.float32)
    each = weights.of_terms.astype(np.float32)
    lifted = judged.raw[..., :LIFTED] @ each[:LIFTED]
    lift = np.exp(judged.signs @ powers)
    lift /= max(float(lift @ judged.even), 1e-12)
    scores = lifted * lift[judged.items] + judged.raw[..., LIFTED:] @ each[LIFTED:]
    scores = np.where(judged.real, scores, -1)
    width = min(CUT, scores.shape[1])
    best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(judged.hits, np.take_along_axis(best, order, axis=1), axis=1)
    discount = 1 / np.log2(np.arange(CUT) + 2)
    ideal = np.cumsum(discount)[np.minimum(judged.wanted, CUT) - 1]
    return np.asarray((hits * discount[:width]).sum(axis=1) / ideal)
