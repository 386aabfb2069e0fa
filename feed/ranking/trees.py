"""Boosted oblivious trees. All nodes on a level test the same condition, so a tree is a look-up in 8 values.

The trees are fitted to what a given score leaves unexplained. Source: Friedman, Stochastic gradient boosting, 2002;
Prokhorenkova et al., CatBoost, NeurIPS 2018 (oblivious trees).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from feed.ranking.interactions import Doubles, Floats, Ints

LEVELS = 3
TREES = 100
RATE = 0.05
BINS = 32
RIDGE = 10.0
SAMPLED = 0.5  # share of the rows and of the columns used for each tree


@dataclass(frozen=True)
class Trees:
    """A set of trees.

    `columns` and `edges` are (trees, LEVELS). On each level, a tree tests whether the value in the column is above the
    edge. `values` is (trees, 2 ** LEVELS) and holds the leaves.
    """

    columns: Ints
    edges: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.columns)

    @classmethod
    def none(cls) -> Self:
        """Return an empty set of trees, which predicts 0."""
        empty = np.zeros((0, LEVELS), np.float32)
        return cls(empty.astype(np.int64), empty, np.zeros((0, 2**LEVELS), np.float32))

    def scaled(self, factor: float) -> Self:
        """Return trees whose predictions are multiplied by `factor`."""
        return type(self)(self.columns, self.edges, self.values * np.float32(factor))

    def joined(self, other: Self) -> Self:
        """Return both sets of trees as one."""
        return type(self)(
            np.concatenate((self.columns, other.columns)),
            np.concatenate((self.edges, other.edges)),
            np.concatenate((self.values, other.values)),
        )

    def predict(self, rows: Floats) -> Doubles:
        """Return the sum of all trees for each row, in log-odds."""
        by_column = np.ascontiguousarray(rows.T)
        leaf = np.zeros((len(self), len(rows)), np.int64)
        for level in range(LEVELS):
            leaf = 2 * leaf + (by_column[self.columns[:, level]] > self.edges[:, level, None])
        return np.take_along_axis(self.values, leaf, axis=1).sum(axis=0, dtype=np.float64)

    @classmethod
    def fit(cls, rows: Floats, hits: Doubles, weight: Doubles, start: Doubles) -> Self:
        """Fit trees to `hits` (0 or 1), starting from the log-odds in `start`. The result is deterministic."""
        random = np.random.default_rng(0)
        edges = np.quantile(rows, np.linspace(0, 1, BINS + 1)[1:-1], axis=0).astype(np.float32)
        codes = np.stack(
            [np.searchsorted(edges[:, column], rows[:, column]) for column in range(rows.shape[1])], axis=1
        )
        odds = start.copy()
        fitted = []
        for _tree in range(TREES):
            chance = 1 / (1 + np.exp(-odds))
            gradient, curvature = weight * (hits - chance), weight * chance * (1 - chance)
            sample = np.flatnonzero(random.random(len(rows)) < SAMPLED)
            columns = np.flatnonzero(random.random(rows.shape[1]) < SAMPLED)
            if not len(columns):
                continue
            column, bins, values = _grow(codes[np.ix_(sample, columns)], gradient[sample], curvature[sample])
            column = columns[column]
            odds += values[_leaves(codes, column, bins)]
            fitted.append((column, edges[bins, column], values))
        return cls(*(np.array(part) for part in zip(*fitted, strict=True))) if fitted else cls.none()


def _grow(codes: Ints, gradient: Doubles, curvature: Doubles) -> tuple[Ints, Ints, Doubles]:
    """Grow one tree, and return the column and bin that each level tests, and the values of the leaves.

    A level tests whether the code in its column is above its bin.
    """
    count, width = codes.shape
    offsets = codes + np.arange(width) * BINS
    leaf = np.zeros(count, np.int64)
    tests = []
    for level in range(LEVELS):
        size = 2**level * width * BINS
        index = (offsets + (leaf * width * BINS)[:, None]).ravel()
        sums = [
            np.bincount(index, np.repeat(part, width), size).reshape(-1, width, BINS).cumsum(axis=2)
            for part in (gradient, curvature)
        ]
        below, above = [part[..., :-1] for part in sums], [part[..., -1:] - part[..., :-1] for part in sums]
        gain = sum((side[0] ** 2 / (side[1] + RIDGE)).sum(axis=0) for side in (below, above))
        column, bin_ = np.unravel_index(int(np.argmax(gain)), (width, BINS - 1))
        tests.append((int(column), int(bin_)))
        leaf = 2 * leaf + (codes[:, column] > bin_)
    value = RATE * np.bincount(leaf, gradient, 2**LEVELS) / (np.bincount(leaf, curvature, 2**LEVELS) + RIDGE)
    columns, bins = np.array(tests).T
    return columns, bins, value


def _leaves(codes: Ints, columns: Ints, bins: Ints) -> Ints:
    leaf = np.zeros(len(codes), np.int64)
    for column, bin_ in zip(columns, bins, strict=True):
        leaf = 2 * leaf + (codes[:, column] > bin_)
    return leaf
