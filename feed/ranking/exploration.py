"""Exploration: find out what new viewers like and how good new clips are.

New viewers are shown clips from several categories. For each category, the numbers of clips that a viewer was shown and
enjoyed give a Beta posterior. The score of each clip is multiplied by the mean of this posterior, computed as if the
viewer had skipped every clip of the same category that ranks higher. As a result, untried categories rise, categories
without success sink, and one enjoyed clip takes its category to the top. The effect fades as more becomes known about
the viewer.

New clips get their first views by Thompson sampling. Source: Chapelle and Li, An Empirical Evaluation of Thompson
Sampling, NIPS 2011.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from feed.ranking.interactions import NO_IDS, Doubles, History, Ints, Items
from feed.ranking.model import Model, ScoredItems
from feed.ranking.prior import categories_of

FIRST_VIEWS = 100  # after this many views, a clip is ranked by its own counts
PRIOR_VIEWS = 4.0  # weight of the average rate, in views
PRIOR_LIKED, PRIOR_SKIPPED = 0.1, 0.9  # Beta prior of a category: viewers like few of them
EXPLORATION_POWER = 2.0  # exponent of the posterior mean while nothing is known about the viewer
LESS_OF_CATEGORY_SKIPS = 5  # "less of this category" counts as this many skipped clips
LEANING_WEIGHT = 1.0  # weight of popular clips in enjoyed categories while little else is known about the viewer
MAX_ENJOYED_TO_EXPLORE = 60  # viewers who have enjoyed this many clips have tastes that are known
PER_CATEGORY = 6  # how many of the best clips of each common category may be tried
FIRST_LIST_HEAD = 2  # how many of the best clips every viewer gets first who has watched nothing
FIRST_LIST_SPREAD = 12.0  # by how many places the clips after those typically move
LOOKS_PER_CATEGORY = 3  # after so many clips without success, a category is not looked at again
KNOWN_AT_HALF = 8.0  # after this many enjoyed clips, exploration is half as strong


def recommend_exploring(
    model: Model,
    history: History,
    interests: Ints,
    exploration: "Exploration",
    k: int,
    *,
    excluded: Ints,
    **options: Any,
) -> ScoredItems:
    """Return the best k clips for a viewer whose tastes are explored, best first.

    `options` are passed on to `Model.recommend` and `Model.rank`.
    """
    model = model.with_leaning(exploration.leaning)
    best = model.recommend(history, interests, k, excluded=excluded, **options)
    if not exploration.is_active:
        return best
    broad = model.tables.best_of_categories(PER_CATEGORY, np.concatenate((excluded, best.items)))
    best = best.merged_with(model.rank(history, interests, broad, **options))
    return best.multiplied_by(exploration.factors_of(best.items)).first(k)


def draw_new_clips(
    views: Ints, satisfied: Ints, affinity: Doubles, count: int, random: np.random.Generator, *, usual_rate: float = 0.3
) -> Ints:
    """Return the indices of at most `count` new clips to try, best draw first.

    For each clip with fewer than FIRST_VIEWS views, a satisfaction rate is drawn from its posterior and multiplied by
    the viewer's affinity (1 is neutral). Untried clips often come out on top, because their posteriors are wide. Clips
    that do poorly soon stop being chosen.
    """
    new = np.flatnonzero(views < FIRST_VIEWS)
    good = satisfied[new] + PRIOR_VIEWS * usual_rate
    bad = views[new] - satisfied[new] + PRIOR_VIEWS * (1 - usual_rate)
    draws = random.beta(good, np.maximum(bad, 1e-3)) * affinity[new]
    return np.asarray(new[np.argsort(-draws, kind="stable")[:count]])


def draw_first_order(count: int, random: np.random.Generator) -> Ints:
    """Return the places 0 to `count` - 1 of a list in the order in which a viewer who has watched nothing gets them.

    After the head the order is drawn, so that newcomers together look at many clips instead of all at the same few.
    Each next one is place r of those that are left with a probability proportional to exp(-r / FIRST_LIST_SPREAD);
    adding Gumbel noise to the logarithms draws so. Source: Yellott, The relationship between Luce's choice axiom,
    Thurstone's theory of comparative judgment, and the double exponential distribution, 1977.
    """
    head, rest = np.split(np.arange(count), [FIRST_LIST_HEAD])
    noise = random.gumbel(size=len(rest))
    return np.concatenate((head, rest[np.argsort(rest / FIRST_LIST_SPREAD - noise, kind="stable")]))


@dataclass(frozen=True)
class Exploration:
    """Counts of the clips that a viewer was shown and enjoyed in each category, and of all enjoyed clips.

    `strength` is between 0 and 1. At 0, there is no exploration.
    """

    items: Items
    shown: Ints
    enjoyed: Ints
    enjoyed_count: int
    strength: float = 1.0

    @property
    def uncertainty(self) -> float:
        """Return how uncertain the viewer's tastes are: 1 before the first enjoyed clip, then falling towards 0."""
        return KNOWN_AT_HALF / (KNOWN_AT_HALF + self.enjoyed_count)

    @property
    def leaning(self) -> float:
        """Return the weight for popular clips in enjoyed categories. See `Model.with_leaning`."""
        return LEANING_WEIGHT * self.strength * self.uncertainty

    @property
    def is_active(self) -> bool:
        """Return whether exploration changes the order of clips for this viewer."""
        return self.strength > 0 and self.enjoyed_count < MAX_ENJOYED_TO_EXPLORE

    def with_strength(self, strength: float) -> Self:
        return replace(self, strength=strength)

    @classmethod
    def of(cls, items: Items, seen: Ints, enjoyed: Ints, interests: Ints, unwanted: Ints = NO_IDS) -> Self:
        """Count clips per category. `seen` and `enjoyed` hold items, `interests` and `unwanted` hold categories.

        A chosen interest counts as one enjoyed clip, and an unwanted category as LESS_OF_CATEGORY_SKIPS skipped clips.
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

    def is_unknown(self, category: int) -> bool:
        """Return whether so little was shown of a category that nobody knows whether the viewer likes it."""
        return self.is_unexplored(category) and bool(self.shown[category] < LOOKS_PER_CATEGORY)

    def is_unexplored(self, category: int) -> bool:
        """Return whether the viewer has enjoyed no clip in this category. False for an unknown category (-1)."""
        return 0 <= category < len(self.enjoyed) and not self.enjoyed[category]

    def affinity_of(self, clips: Ints) -> Doubles:
        """Return a factor for each clip: how much the viewer likes its category. It is 1 for an untried category."""
        return self._means(_first_categories(self.items, clips), np.zeros(len(clips), np.int64))

    def factors_of(self, ranked: Ints) -> Doubles:
        """Return a factor for each clip in a ranked list. The factors spread a page over several categories."""
        categories = _first_categories(self.items, ranked)
        return np.asarray(
            self._means(categories, _ranks_within(categories)) ** (EXPLORATION_POWER * self.strength * self.uncertainty)
        )

    def _means(self, categories: Ints, skipped: Ints) -> Doubles:
        """Return each category's posterior mean after `skipped` more skipped clips, divided by the prior mean."""
        if not len(self.enjoyed):
            return np.ones(len(categories))
        index = np.maximum(categories, 0)
        prior = PRIOR_LIKED + PRIOR_SKIPPED
        means = (PRIOR_LIKED + self.enjoyed[index]) / (prior + self.shown[index] + skipped)
        return np.where(categories >= 0, means * prior / PRIOR_LIKED, 1.0)


def _first_categories(items: Items, clips: Ints) -> Ints:
    """Return each clip's first category, or -1 if the clip has none."""
    first = items.category_starts[clips]
    has_category = items.category_starts[clips + 1] > first
    categories = np.full(len(clips), -1, np.int64)
    categories[has_category] = items.category_ids[first[has_category]]
    return categories


def _ranks_within(groups: Ints) -> Ints:
    """Return, for each element, the number of earlier elements in the same group."""
    order = np.argsort(groups, kind="stable")
    _distinct, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    ranks = np.empty(len(groups), np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return ranks
