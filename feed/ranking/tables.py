"""Everything that is counted from a log, before any weight is put on it."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from feed.ranking.interactions import Doubles, Events, Floats, Ints, Items, Sequences
from feed.ranking.neighbours import Neighbours, count_together, count_transitions
from feed.ranking.popularity import Popularity, count_recent
from feed.ranking.prior import category_base, category_reach
from feed.ranking.quality import item_rates

MEETINGS = 200  # the latest meetings of a viewer that are counted
UNSEEN = 0.1  # how often a clip that nobody has enjoyed yet counts as enjoyed
LATELY, LATELY_DAYS = 0.5, 1.0  # how much of what is expected goes by the last days, and their half-life
TOP_OVERALL = 300
TOP_PER_CATEGORY = 100
TOP_PER_CREATOR = 20
CATEGORIES_TRIED = 200
LOOKED_AT = 24  # of each category's best, for those not excluded


@dataclass(frozen=True)
class Tables:
    """The counted model: neighbours, popularity, rates, and lists of the most popular by category and creator."""

    items: Items
    transitions: Neighbours
    together: Neighbours
    popularity: Popularity
    rates: Floats  # float32, (items, goals): smoothed share of the meetings that reached each goal, 1 is usual
    base: Doubles  # (categories,): usual share of each
    reach: Doubles  # (categories,): share of what will be enjoyed next that is in each
    chance: Floats  # (items,): expected share of all that will be enjoyed next
    even: Floats  # (items,): the same of the square roots, half way between popular and equal
    top: Ints
    by_category: Neighbours
    by_creator: Neighbours

    @classmethod
    def of(cls, events: Events, items: Items, *, window_s: int) -> Self:
        """Count everything. `window_s` is how far ahead the trend looks."""
        sequences = Sequences.of_events(events)
        recent = sequences.latest(MEETINGS)
        popularity = Popularity.of(events, sequences, items.count, window_s=window_s)
        coming = _expect(sequences, popularity)
        lengths = np.diff(items.category_starts)
        return cls(
            items=items,
            transitions=count_transitions(recent, items.count),
            together=count_together(recent, items.count),
            popularity=popularity,
            rates=item_rates(events, items.count),
            base=category_base(items, popularity.enjoyed),
            reach=category_reach(items, _shares(coming)),
            chance=_shares(coming),
            even=_shares(np.sqrt(popularity.enjoyed + UNSEEN) - UNSEEN),
            top=_best_first(coming, TOP_OVERALL),
            by_category=_tops(
                np.repeat(np.arange(items.count), lengths),
                items.category_ids,
                items.category_count,
                coming,
                TOP_PER_CATEGORY,
            ),
            by_creator=_tops(
                np.flatnonzero(items.creator >= 0),
                items.creator[items.creator >= 0],
                items.creator_count,
                coming,
                TOP_PER_CREATOR,
            ),
        )

    def with_items(self, more: Items) -> Self:
        """Add clips published since: they join with usual rates and no views, and are found by category and creator."""
        added = more.count
        zeros = np.zeros(added, np.float32)
        items = self.items.followed_by(more)
        known = self.popularity
        popularity = Popularity(*(np.concatenate((part, zeros)) for part in (known.enjoyed, known.met, known.trend)))
        base, reach = (_lengthened(one, items.category_count) for one in (self.base, self.reach))
        rates = np.concatenate((self.rates, np.ones((added, self.rates.shape[1]), np.float32)))
        least = np.ones(added, np.float32)
        return replace(
            self,
            items=items,
            popularity=popularity,
            base=base,
            reach=reach,
            rates=rates,
            chance=np.concatenate((self.chance, self.chance.min(initial=1) * least)),
            even=np.concatenate((self.even, self.even.min(initial=1) * least)),
        )

    def best_of_categories(self, each: int, excluded: Ints) -> Ints:
        """Return about `each` of the most popular clips of every category, the most common categories if there are many."""
        common = np.argsort(-self.reach[: self.by_category.count], kind="stable")[:CATEGORIES_TRIED]
        first = self.by_category.starts[common]
        lengths = np.minimum(self.by_category.starts[common + 1] - first, LOOKED_AT)
        group = np.repeat(np.arange(len(common)), lengths)
        place = np.arange(len(group)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        found = self.by_category.ids[np.repeat(first, lengths) + place].astype(np.int64)
        open_ = ~np.isin(found, excluded)
        found, group = found[open_], group[open_]
        sizes = np.bincount(group, minlength=len(common))
        place = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.unique(found[place < each])


def _expect(sequences: Sequences, popularity: Popularity) -> Doubles:
    """Return how much of each clip is expected next: half by all that was counted and its trend, half by the last days.

    The two fail on different logs: without a shared clock there is no trend, and what was enjoyed last goes on.
    """
    so_far: Doubles = popularity.enjoyed * np.exp(popularity.trend)
    item, at = sequences.item[sequences.enjoyed], sequences.at[sequences.enjoyed]
    if not len(item):
        return so_far
    lately = count_recent(item, at, len(so_far), now=int(at.max()), half_life_days=LATELY_DAYS)
    return (1 - LATELY) * so_far + LATELY * lately * float(so_far.sum() / lately.sum())


def _lengthened(shares: Doubles, size: int) -> Doubles:
    """Give new categories the share of the rarest."""
    return np.concatenate((shares, np.full(size - len(shares), shares.min(initial=1.0))))


def _shares(count: Doubles) -> Floats:
    return np.asarray((count + UNSEEN) / (count + UNSEEN).sum(), np.float32)


def _best_first(score: Doubles, limit: int) -> Ints:
    limit = min(limit, len(score))
    best = np.argpartition(-score, limit - 1)[:limit] if limit else np.zeros(0, np.int64)
    return best[np.lexsort((best, -score[best]))]


def _tops(item: Ints, group: Ints, groups: int, score: Doubles, limit: int) -> Neighbours:
    """List the best `limit` items of each group."""
    order = np.lexsort((item, -score[item], group))
    counts = np.bincount(group, minlength=groups)
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[place < limit]
    starts = np.concatenate(([0], np.cumsum(np.minimum(counts, limit)))).astype(np.int64)
    return Neighbours(starts, item[kept].astype(np.int32), score[item[kept]].astype(np.float32))
