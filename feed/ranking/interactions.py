"""Events, items and histories as plain arrays. All ids are integers that start at 0."""

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
NOT_INTERESTED = KINDS.index("not_interested")
NO_IDS: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True)
class EventLog:
    """A log of events. All arrays have one element per event.

    `at` is in Unix seconds. `kind` is an index into KINDS. `value` is the fraction of the clip that was watched, or 1
    for other kinds. `satisfied` says whether the viewer reacted well (long view, like, click, purchase). `trust` says how
    much the viewer counts for the item (see `trust`), where 1 is average; without it, everybody counts 1.
    """

    viewer: Ints
    item: Ints
    at: Ints
    kind: Ints
    value: Floats
    satisfied: Bools
    trust: Floats | None = None

    def __len__(self) -> int:
        return len(self.viewer)

    @property
    def trusted(self) -> Floats:
        """Return how much each event counts."""
        return np.ones(len(self), np.float32) if self.trust is None else self.trust

    def where(self, mask: Bools) -> Self:
        """Return the events that the mask selects, in the same order."""
        trust = None if self.trust is None else self.trust[mask]
        kind, value, satisfied = self.kind[mask], self.value[mask], self.satisfied[mask]
        return type(self)(self.viewer[mask], self.item[mask], self.at[mask], kind, value, satisfied, trust)


@dataclass(frozen=True)
class Items:
    """The categories and the creator of every clip.

    Item i has the categories `category_ids[category_starts[i]:category_starts[i + 1]]`. `creator` is -1 for a clip
    without a creator.
    """

    category_starts: Ints
    category_ids: Ints
    creator: Ints

    @classmethod
    def of(cls, categories: Sequence[Sequence[int]], creators: Sequence[int]) -> Self:
        """Build items from the category ids and the creator id of each clip."""
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
        """Return the highest category id plus one. Cached, because finding it means scanning all clips."""
        return int(self.category_ids.max(initial=-1)) + 1

    @cached_property
    def creator_count(self) -> int:
        """Return the highest creator id plus one."""
        return int(self.creator.max(initial=-1)) + 1

    def followed_by(self, more: Self) -> Self:
        """Return these items with `more` appended."""
        starts = np.concatenate((self.category_starts, more.category_starts[1:] + self.category_starts[-1]))
        return type(self)(
            starts,
            np.concatenate((self.category_ids, more.category_ids)),
            np.concatenate((self.creator, more.creator)),
        )


@dataclass(frozen=True)
class History:
    """The clips that a viewer has been shown, oldest first, and the viewer's reaction to each.

    `weight` is 1 or a goal weight for an enjoyed clip, 0 for a skipped one, and -1 for "not interested". If a clip
    occurs more than once, its latest reaction counts.
    """

    items: Ints
    weight: Floats

    @classmethod
    def enjoyed(cls, items: Sequence[int] | Ints) -> Self:
        """Build a history of clips that were all enjoyed, oldest first."""
        array = np.asarray(items, np.int64)
        return cls(array, np.ones(len(array), np.float32))

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Sequences:
    """The distinct clips in each viewer's history, oldest first.

    The rows of viewer v are `starts[v]:starts[v + 1]`. `at` is the time of the viewer's last event on the clip.
    `weight` is as in History. `order` counts from 0 for the viewer's oldest clip. `trust` is as in EventLog.
    """

    starts: Ints
    viewer: Ints
    item: Ints
    at: Ints
    weight: Floats
    order: Ints
    trust: Floats

    @property
    def viewer_count(self) -> int:
        """Return how many viewers there are, including those without events."""
        return len(self.starts) - 1

    @property
    def enjoyed(self) -> Bools:
        """Return a mask that is True for the enjoyed clips."""
        return np.asarray(self.weight > 0)

    def of(self, viewer: int) -> History:
        """Return one viewer's history, which is empty for viewers beyond those in the log."""
        if viewer >= self.viewer_count:
            return History.enjoyed(NO_IDS)
        rows = slice(int(self.starts[viewer]), int(self.starts[viewer + 1]))
        return History(self.item[rows], self.weight[rows])

    def where(self, mask: Bools) -> Self:
        """Return the rows that the mask selects."""
        weight, trust = self.weight[mask], self.trust[mask]
        return self._cut(self.viewer[mask], self.item[mask], self.at[mask], weight, trust, self.viewer_count)

    def latest(self, limit: int) -> Self:
        """Return only the latest clips of each viewer, at most `limit` of them."""
        return self.where(np.diff(self.starts)[self.viewer] - self.order <= limit)

    @classmethod
    def of_events(cls, log: EventLog) -> Self:
        """Build sequences from a log. All events of one viewer on one item become one row.

        The row has the time of the last event. Its weight is that of the best reaction, or -1 after "not interested".
        """
        if not len(log):
            empty = np.zeros(0, np.int64)
            return cls._cut(empty, empty, empty, np.zeros(0, np.float32), np.zeros(0, np.float32), 0)
        order = np.lexsort((log.at, log.viewer))
        viewer, item = log.viewer[order].astype(np.int64), log.item[order].astype(np.int64)
        reaction = log.satisfied[order].astype(np.int8)
        reaction[log.kind[order] == NOT_INTERESTED] = -1
        pair = viewer * (int(item.max()) + 1) + item
        by_pair = np.argsort(pair, kind="stable")
        last = np.flatnonzero(np.append(np.diff(pair[by_pair]) != 0, True))
        first = np.concatenate(([0], last[:-1] + 1))
        best = np.maximum.reduceat(reaction[by_pair], first)
        worst = np.minimum.reduceat(reaction[by_pair], first)
        latest = by_pair[last]
        in_order = np.argsort(latest)
        latest = latest[in_order]
        weight = np.where(worst < 0, worst, best)[in_order].astype(np.float32)
        at = log.at[order][latest]
        trust = log.trusted[order][latest]
        return cls._cut(viewer[latest], item[latest], at, weight, trust, int(viewer.max()) + 1)

    @classmethod
    def _cut(cls, viewer: Ints, item: Ints, at: Ints, weight: Floats, trust: Floats, viewers: int) -> Self:
        starts = np.concatenate(([0], np.cumsum(np.bincount(viewer, minlength=viewers)))).astype(np.int64)
        return cls(starts, viewer, item, at, weight, np.arange(len(viewer)) - starts[viewer], trust)
