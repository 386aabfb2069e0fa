"""Events, items and histories as plain arrays with integer ids from 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.integer[Any]]
type Floats = NDArray[np.float32]
type Doubles = NDArray[np.floating[Any]]
type Bools = NDArray[np.bool_]

KINDS = (
    "impression",
    "watch",
    "like",
    "save",
    "share",
    "follow",
    "not_interested",
    "open",
    "click",
    "cart",
    "purchase",
)
TURNED_AWAY = KINDS.index("not_interested")


@dataclass(frozen=True)
class Events:
    """A log, one row per event; every array has the same length.

    `at` is Unix seconds, `kind` an index into KINDS, `value` the watched fraction for a watch and else 1,
    `satisfied` whether the viewer was served well (long view, like, click, purchase).
    """

    viewer: Ints
    item: Ints
    at: Ints
    kind: Ints
    value: Floats
    satisfied: Bools

    def __len__(self) -> int:
        return len(self.viewer)

    def where(self, mask: Bools) -> Self:
        """Return the events that the mask keeps, in the same order."""
        return type(self)(
            self.viewer[mask], self.item[mask], self.at[mask], self.kind[mask], self.value[mask], self.satisfied[mask]
        )


@dataclass(frozen=True)
class Items:
    """What is known of every clip: its categories (CSR: starts and ids) and its creator (-1: nobody)."""

    category_starts: Ints
    category_ids: Ints
    creator: Ints

    @classmethod
    def of(cls, categories: Sequence[Sequence[int]], creators: Sequence[int]) -> Self:
        """Build from one list of category ids and one creator id per item."""
        lengths = [len(ids) for ids in categories]
        flat = [category for ids in categories for category in ids]
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        return cls(starts, np.array(flat, np.int32), np.array(creators, np.int32))

    @property
    def count(self) -> int:
        """Return how many items there are."""
        return len(self.creator)

    @cached_property
    def category_count(self) -> int:
        """Return one more than the highest category id: found once, as a page must not look at every clip."""
        return int(self.category_ids.max(initial=-1)) + 1

    @cached_property
    def creator_count(self) -> int:
        """Return one more than the highest creator id."""
        return int(self.creator.max(initial=-1)) + 1

    def followed_by(self, more: Self) -> Self:
        """Return these items with more behind them."""
        starts = np.concatenate((self.category_starts, more.category_starts[1:] + self.category_starts[-1]))
        return type(self)(
            starts,
            np.concatenate((self.category_ids, more.category_ids)),
            np.concatenate((self.creator, more.creator)),
        )


@dataclass(frozen=True)
class History:
    """The clips that a viewer has met, oldest first, and how each was received.

    `weight` is 1 for a clip enjoyed (more for a purchase, if wished), 0 for one passed by, -1 for one turned away
    ("not interested"). Repeats are allowed; the latest counts.
    """

    items: Ints
    weight: Floats

    @classmethod
    def enjoyed(cls, items: Sequence[int] | Ints) -> Self:
        """Build from clips that were all enjoyed, oldest first."""
        array = np.asarray(items, np.int64)
        return cls(array, np.ones(len(array), np.float32))

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Sequences:
    """Every viewer's distinct clips in the order of the last meeting: `starts` cuts the other arrays by viewer.

    `weight` is as in History; `order` is the place within the viewer, 0 for the oldest.
    """

    starts: Ints
    viewer: Ints
    item: Ints
    at: Ints
    weight: Floats
    order: Ints

    @property
    def viewer_count(self) -> int:
        """Return how many viewers there are, silent ones included."""
        return len(self.starts) - 1

    @property
    def enjoyed(self) -> Bools:
        """Return which meetings went well."""
        return np.asarray(self.weight > 0)

    def of(self, viewer: int) -> History:
        """Return one viewer's history."""
        rows = slice(int(self.starts[viewer]), int(self.starts[viewer + 1]))
        return History(self.item[rows], self.weight[rows])

    def where(self, mask: Bools) -> Self:
        """Return the meetings that the mask keeps."""
        return self._cut(self.viewer[mask], self.item[mask], self.at[mask], self.weight[mask], self.viewer_count)

    def latest(self, limit: int) -> Self:
        """Return at most `limit` latest meetings of each viewer."""
        return self.where(np.diff(self.starts)[self.viewer] - self.order <= limit)

    @classmethod
    def of_events(cls, events: Events) -> Self:
        """Merge the events of each viewer and item into one meeting, placed at the last of them."""
        if not len(events):
            empty = np.zeros(0, np.int64)
            return cls._cut(empty, empty, empty, np.zeros(0, np.float32), 0)
        order = np.lexsort((events.at, events.viewer))
        viewer, item = events.viewer[order].astype(np.int64), events.item[order].astype(np.int64)
        verdict = events.satisfied[order].astype(np.int8)
        verdict[events.kind[order] == TURNED_AWAY] = -1
        pair = viewer * (int(item.max()) + 1) + item
        by_pair = np.argsort(pair, kind="stable")
        last = np.flatnonzero(np.append(np.diff(pair[by_pair]) != 0, True))
        first = np.concatenate(([0], last[:-1] + 1))
        best = np.maximum.reduceat(verdict[by_pair], first)
        worst = np.minimum.reduceat(verdict[by_pair], first)
        kept = by_pair[last]
        in_order = np.argsort(kept)
        kept = kept[in_order]
        weight = np.where(worst < 0, worst, best)[in_order].astype(np.float32)
        at = events.at[order][kept]
        return cls._cut(viewer[kept], item[kept], at, weight, int(viewer.max()) + 1)

    @classmethod
    def _cut(cls, viewer: Ints, item: Ints, at: Ints, weight: Floats, viewers: int) -> Self:
        starts = np.concatenate(([0], np.cumsum(np.bincount(viewer, minlength=viewers)))).astype(np.int64)
        return cls(starts, viewer, item, at, weight, np.arange(len(viewer)) - starts[viewer])
