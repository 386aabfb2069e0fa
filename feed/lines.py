"""Short lists out of a shelf, made once per shelf: where a page's candidates come from, whatever the shop's size."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from feed.shelf import Shelf

POPULAR = 600
OF_CATEGORY = 120
OF_CREATOR = 40
NEWEST = 300
FEW_VIEWS = 50
HARDLY_SEEN = 3000
PRIOR_SHOWN = 20.0

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Rows of the shelf, best first. `quality` is each clip's smoothed share of satisfied showings."""

    shelf: Shelf
    quality: NDArray[np.float32]
    popularity: NDArray[np.float32]
    popular: Rows
    newest: Rows
    hardly_seen: Rows
    by_category: dict[int, Rows]
    by_creator: dict[int, Rows]

    @classmethod
    def of(cls, shelf: Shelf) -> Self:
        average = float(shelf.satisfied.sum()) / max(float(shelf.shown.sum()), 1.0) or 0.3
        quality = (shelf.satisfied + PRIOR_SHOWN * average) / (shelf.shown + PRIOR_SHOWN)
        heat = np.log1p(shelf.satisfied)
        popularity = heat / np.float32(max(float(heat.max(initial=0.0)), 1.0))
        order = np.argsort(-(popularity + quality), kind="stable")
        newest = np.argsort(-shelf.published_at, kind="stable")
        hardly = newest[shelf.shown[newest] < FEW_VIEWS][:HARDLY_SEEN]
        return cls(
            shelf,
            quality.astype(np.float32),
            popularity.astype(np.float32),
            order[:POPULAR],
            newest[:NEWEST],
            hardly,
            _firsts(order, shelf.categories, OF_CATEGORY),
            _firsts(newest, [(one,) for one in shelf.creators.tolist()], OF_CREATOR),
        )


def _firsts(order: Rows, groups: object, most: int) -> dict[int, Rows]:
    """Return for each group its first `most` rows in `order`."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in order.tolist():
        for group in groups[row]:  # type: ignore[index]  # a list or an array of tuples
            if len(found[group]) < most:
                found[group].append(row)
    return {group: np.array(rows, np.int64) for group, rows in found.items()}


_kept: Lines | None = None


def lines_of(shelf: Shelf) -> Lines:
    """Return the lines of this very shelf, made at its first use."""
    global _kept
    if _kept is None or _kept.shelf is not shelf:
        _kept = Lines.of(shelf)
    return _kept
