"""Exploration: find out what new viewers like, and what new clips are worth.

A new viewer is explored category by category. The viewer's record in a category gives a Beta posterior, and the next
clip of that category is multiplied by the posterior mean as if every clip ranked above it there had been skipped. So
untried categories rise, categories that failed sink, and one with a like leads at once. The effect fades as the viewer
becomes known.

New clips get their first views by Thompson sampling. Source: Chapelle and Li, An Empirical Evaluation of Thompson
Sampling, NIPS 2011.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from feed.ranking.interactions import NO_IDS, Doubles, Ints, Items
from feed.ranking.prior import categories_of

FIRST_VIEWS = 100  # views after which a clip is ranked by its own record
PRIOR_VIEWS = 4.0  # how many views the average rate is worth
PRIOR_LIKED, PRIOR_SKIPPED = 0.1, 0.9  # the Beta prior of a category: most are to few people's taste
EXPLORATION_POWER = 2.0  # the power of the posterior mean for a viewer of whom nothing is known
LESS_OF_CATEGORY_SKIPS = 5  # how many skipped clips "less of this category" counts as
LEANING_WEIGHT = 1.0  # of popular clips in the categories enjoyed, for a viewer of whom nothing else is known
KNOWN_AT_HALF = 8.0  # enjoyed clips after which half of the exploration is left


def draw_new_clips(
    views: Ints, satisfied: Ints, affinity: Doubles, count: int, random: np.random.Generator, *, usual_rate: float = 0.3
) -> Ints:
    """Return the indices of at most `count` clips to try, best draw first.

    Each clip with fewer than FIRST_VIEWS draws a satisfaction rate from its posterior, times the viewer's affinity
    (1: neutral). Untried clips have wide posteriors and so come up; poor ones soon stop coming up.
    """
    new = np.flatnonzero(views < FIRST_VIEWS)
    good = satisfied[new] + PRIOR_VIEWS * usual_rate
    bad = views[new] - satisfied[new] + PRIOR_VIEWS * (1 - usual_rate)
    draws = random.beta(good, np.maximum(bad, 1e-3)) * affinity[new]
    return np.asarray(new[np.argsort(-draws, kind="stable")[:count]])


@dataclass(frozen=True)
class Exploration:
    """A viewer's record in each category: clips shown, clips enjoyed; and the number of clips enjoyed in all.

    `power` and `leaning_weight` set how strongly exploration acts; tests switch it off with 0.
    """

    items: Items
    shown: Ints
    enjoyed: Ints
    enjoyed_count: int
    power: float = EXPLORATION_POWER
    leaning_weight: float = LEANING_WEIGHT

    @property
    def uncertainty(self) -> float:
        """Return how little is known of the viewer: 1 before anything was enjoyed, falling to 0."""
        return KNOWN_AT_HALF / (KNOWN_AT_HALF + self.enjoyed_count)

    @property
    def leaning(self) -> float:
        """Return the weight for popular clips in the categories enjoyed; see `Model.with_leaning`."""
        return self.leaning_weight * self.uncertainty

    @classmethod
    def of(cls, items: Items, seen: Ints, enjoyed: Ints, interests: Ints, unwanted: Ints = NO_IDS) -> Self:
        """Count the record. `seen` and `enjoyed` are items; `interests` and `unwanted` are categories.

        A chosen interest counts as one enjoyed clip; an unwanted category as LESS_OF_CATEGORY_SKIPS skipped ones.
        """
        size = items.category_count
        seen, enjoyed = np.union1d(seen, enjoyed), np.unique(enjoyed)
        chosen = np.bincount(interests[interests < size], minlength=size)
        shown_counts, enjoyed_counts = (
            np.bincount(categories_of(items, part)[0], minlength=size) + chosen for part in (seen, enjoyed)
        )
        refused = unwanted[unwanted < size]
        enjoyed_counts[refused] = 0
        shown_counts[refused] += LESS_OF_CATEGORY_SKIPS
        return cls(items, shown_counts, enjoyed_counts, len(enjoyed))

    def is_unexplored(self, category: int) -> bool:
        """Return False if the viewer has enjoyed a clip of this category, or the category is unknown (-1)."""
        return 0 <= category < len(self.enjoyed) and not self.enjoyed[category]

    def affinity_of(self, clips: Ints) -> Doubles:
        """Return a factor for each clip: how much likelier than an untried category its category is to please."""
        return self._means(_first_categories(self.items, clips), np.zeros(len(clips), np.int64))

    def factors_of(self, ranked: Ints) -> Doubles:
        """Return a factor for each clip of a list, best first, so that its first page explores several categories."""
        categories = _first_categories(self.items, ranked)
        return np.asarray(self._means(categories, _ranks_within(categories)) ** (self.power * self.uncertainty))

    def _means(self, categories: Ints, skipped: Ints) -> Doubles:
        """Return posterior means over the prior's, after `skipped` more clips of the category that did not please."""
        if not len(self.enjoyed):
            return np.ones(len(categories))
        index = np.maximum(categories, 0)
        prior = PRIOR_LIKED + PRIOR_SKIPPED
        means = (PRIOR_LIKED + self.enjoyed[index]) / (prior + self.shown[index] + skipped)
        return np.where(categories >= 0, means * prior / PRIOR_LIKED, 1.0)


def _first_categories(items: Items, clips: Ints) -> Ints:
    """Return each clip's first category, -1 if it has none."""
    first = items.category_starts[clips]
    has_category = items.category_starts[clips + 1] > first
    categories = np.full(len(clips), -1, np.int64)
    categories[has_category] = items.category_ids[first[has_category]]
    return categories


def _ranks_within(groups: Ints) -> Ints:
    """Return, for each element, how many elements of the same group come before it."""
    order = np.argsort(groups, kind="stable")
    _distinct, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    ranks = np.empty(len(groups), np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return ranks
