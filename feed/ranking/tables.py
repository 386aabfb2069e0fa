"""Tables of everything counted from a log, before weights are applied."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from feed.ranking.interactions import Doubles, EventLog, Floats, Ints, Items, Sequences
from feed.ranking.neighbours import Neighbours, count_together, count_transitions
from feed.ranking.popularity import Popularity, count_recent
from feed.ranking.prior import category_base, category_reach
from feed.ranking.quality import item_rates

MEETINGS = (1000, 500, 200)  # how many of each viewer's latest clips are counted together; transitions count all
MAX_PAIRS = 500_000_000  # the first of MEETINGS is taken with which there are at most so many pairs
PSEUDO_COUNT = 0.1  # added to how often each clip was enjoyed
RECENT_SHARE, RECENT_HALF_LIFE_DAYS = 0.5, 1.0  # weight of recent views in expected views
TOP_OVERALL = 300
TOP_PER_CATEGORY = 100
TOP_PER_CREATOR = 20
MAX_CATEGORIES = 200  # how many of the most common categories `best_of_categories` covers
MAX_SCANNED = 24  # how many of a category's best clips are considered


@dataclass(frozen=True)
class Tables:
    """Neighbours, popularity and rates, and the most popular clips of each category and creator."""

    items: Items
    transitions: Neighbours
    together: Neighbours
    popularity: Popularity
    rates: Floats  # float32, (items, goals): smoothed rate of each goal, where 1 is average
    base: Doubles  # (categories,): average share among enjoyed clips
    reach: Doubles  # (categories,): share of expected views in each
    chance: Floats  # (items,): share of expected views
    even: Floats  # (items,): like `chance`, but from the square root of enjoyed counts
    top: Ints
    by_category: Neighbours
    by_creator: Neighbours

    @classmethod
    def of(cls, events: EventLog, items: Items, *, window_s: int) -> Self:
        """Build all tables from a log. `window_s` is how far ahead the trend predicts, in seconds."""
        sequences = Sequences.of_events(events)
        recent = sequences.latest(_affordable_meetings(np.diff(sequences.starts)))
        popularity = Popularity.of(events, sequences, items.count, window_s=window_s)
        expected = _expected_views(sequences, popularity)
        lengths = np.diff(items.category_starts)
        return cls(
            items=items,
            transitions=count_transitions(sequences, items.count),
            together=count_together(recent, items.count),
            popularity=popularity,
            rates=item_rates(events, items.count),
            base=category_base(items, popularity.enjoyed),
            reach=category_reach(items, _shares(expected)),
            chance=_shares(expected),
            even=_shares(np.sqrt(popularity.enjoyed + PSEUDO_COUNT) - PSEUDO_COUNT),
            top=_best_first(expected, TOP_OVERALL),
            by_category=_tops(
                np.repeat(np.arange(items.count), lengths),
                items.category_ids,
                items.category_count,
                expected,
                TOP_PER_CATEGORY,
            ),
            by_creator=_tops(
                np.flatnonzero(items.creator >= 0),
                items.creator[items.creator >= 0],
                items.creator_count,
                expected,
                TOP_PER_CREATOR,
            ),
        )

    def with_items(self, more: Items) -> Self:
        """Return these tables with new items at the end. New items have average rates and no views."""
        added = more.count
        zeros = np.zeros(added, np.float32)
        items = self.items.followed_by(more)
        counts = self.popularity
        popularity = Popularity(*(np.concatenate((part, zeros)) for part in (counts.enjoyed, counts.met, counts.trend)))
        base, reach = (_extended(shares, items.category_count) for shares in (self.base, self.reach))
        rates = np.concatenate((self.rates, np.ones((added, self.rates.shape[1]), np.float32)))
        ones = np.ones(added, np.float32)
        return replace(
            self,
            items=items,
            popularity=popularity,
            base=base,
            reach=reach,
            rates=rates,
            chance=np.concatenate((self.chance, self.chance.min(initial=1) * ones)),
            even=np.concatenate((self.even, self.even.min(initial=1) * ones)),
        )

    def best_of_categories(self, per_category: int, excluded: Ints) -> Ints:
        """Return the most popular clips of the most common categories, except excluded ones.

        Each category has at most `per_category` clips.
        """
        common = np.argsort(-self.reach[: self.by_category.count], kind="stable")[:MAX_CATEGORIES]
        first = self.by_category.starts[common]
        lengths = np.minimum(self.by_category.starts[common + 1] - first, MAX_SCANNED)
        group = np.repeat(np.arange(len(common)), lengths)
        rank = np.arange(len(group)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        items = self.by_category.ids[np.repeat(first, lengths) + rank].astype(np.int64)
        is_allowed = ~np.isin(items, excluded)
        items, group = items[is_allowed], group[is_allowed]
        sizes = np.bincount(group, minlength=len(common))
        rank = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.unique(items[rank < per_category])


def _affordable_meetings(lengths: Ints) -> int:
    """Return how many clips of each viewer are counted together, given how many each has met."""
    for meetings in MEETINGS:
        if float((np.minimum(lengths, meetings).astype(np.float64) ** 2).sum()) <= MAX_PAIRS:
            return meetings
    return MEETINGS[-1]


def _expected_views(sequences: Sequences, popularity: Popularity) -> Doubles:
    """Return the expected views of each clip: half from the whole log and its trend, half from the last days.

    Views in the last days also help if no trend could be learned.
    """
    overall: Doubles = popularity.enjoyed * np.exp(popularity.trend)
    is_enjoyed = sequences.enjoyed
    item, at, trust = sequences.item[is_enjoyed], sequences.at[is_enjoyed], sequences.trust[is_enjoyed]
    if not len(item):
        return overall
    now, half_life = int(at.max()), RECENT_HALF_LIFE_DAYS
    recent = count_recent(item, at, len(overall), now=now, half_life_days=half_life, trust=trust)
    return (1 - RECENT_SHARE) * overall + RECENT_SHARE * recent * float(overall.sum() / recent.sum())


def _extended(shares: Doubles, size: int) -> Doubles:
    """Return the shares extended to `size` categories. New categories get the smallest existing share."""
    return np.concatenate((shares, np.full(size - len(shares), shares.min(initial=1.0))))


def _shares(count: Doubles) -> Floats:
    return np.asarray((count + PSEUDO_COUNT) / (count + PSEUDO_COUNT).sum(), np.float32)


def _best_first(score: Doubles, limit: int) -> Ints:
    limit = min(limit, len(score))
    best = np.argpartition(-score, limit - 1)[:limit] if limit else np.zeros(0, np.int64)
    return best[np.lexsort((best, -score[best]))]


def _tops(item: Ints, group: Ints, groups: int, score: Doubles, limit: int) -> Neighbours:
    """Return a table with one row per group, which holds the best `limit` items of the group."""
    order = np.lexsort((item, -score[item], group))
    counts = np.bincount(group, minlength=groups)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    best = order[rank < limit]
    starts = np.concatenate(([0], np.cumsum(np.minimum(counts, limit)))).astype(np.int64)
    return Neighbours(starts, item[best].astype(np.int32), score[item[best]].astype(np.float32))
