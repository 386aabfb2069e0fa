"""Find out: what new viewers like, and what new clips are worth.

New viewers are sounded out category by category. What they enjoyed of those shown gives each category a Beta posterior,
and the next clip of a category weighs by its mean as if all those ranked above it there had been passed by: categories
not yet tried come up, those that failed sink, one that was liked leads at once. It fades as viewers become known.

New clips get a fair hearing by Thompson sampling over those with few views. Source: Chapelle and Li, An Empirical
Evaluation of Thompson Sampling, NIPS 2011.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from feed.ranking.interactions import Doubles, Ints, Items
from feed.ranking.prior import categories_of

FIRST_VIEWS = 100  # views after which a clip stands on its own record
PRIOR_VIEWS = 4.0  # how many views the usual rate weighs
LIKED, PASSED = 0.1, 0.9  # what a category counts as before anything of it was shown: most are to few people's taste
EAGERNESS = 2.0  # the power of the posterior for those of whom nothing is known
REFUSED = 5  # how many clips passed by it counts that less of a category was asked for
NONE: Ints = np.zeros(0, np.int64)
LEANING = 1.0  # the weight of what is popular in the categories enjoyed, for those of whom nothing else is known
KNOWN_AT_HALF = 8.0  # clips enjoyed after which half of it is left


def choose_fresh(
    views: Ints, satisfied: Ints, affinity: Doubles, count: int, random: np.random.Generator, *, usual_rate: float = 0.3
) -> Ints:
    """Return the places of at most `count` clips to try, best draw first.

    Each clip with fewer than FIRST_VIEWS draws a rate from what its views make likely, times the viewer's affinity
    (1: neutral). Untried clips draw widely and so come up; poor ones stop coming up by themselves.
    """
    open_ = np.flatnonzero(views < FIRST_VIEWS)
    good = satisfied[open_] + PRIOR_VIEWS * usual_rate
    bad = views[open_] - satisfied[open_] + PRIOR_VIEWS * (1 - usual_rate)
    draws = random.beta(good, np.maximum(bad, 1e-3)) * affinity[open_]
    return np.asarray(open_[np.argsort(-draws, kind="stable")[:count]])


@dataclass(frozen=True)
class Sounding:
    """What a viewer made of each category so far: how many clips were shown, how many of them liked, how many enjoyed in all.

    A chosen interest counts as a clip liked.
    """

    items: Items
    shown: Ints
    liked: Ints
    enjoyed: int

    @property
    def doubt(self) -> float:
        """Return how little the viewer is known: 1 before anything was enjoyed."""
        return KNOWN_AT_HALF / (KNOWN_AT_HALF + self.enjoyed)

    @property
    def leaning(self) -> float:
        """Return the weight that what is popular in the categories enjoyed should have; see Model.leaning."""
        return LEANING * self.doubt

    @classmethod
    def of(cls, items: Items, seen: Ints, enjoyed: Ints, interests: Ints, unwanted: Ints = NONE) -> Self:
        """Count; `seen` are the clips shown lately, `enjoyed` those enjoyed, `unwanted` categories asked to come less."""
        size = items.category_count
        seen, enjoyed = np.union1d(seen, enjoyed), np.unique(enjoyed)
        chosen = np.bincount(interests[interests < size], minlength=size)
        shown, liked = (np.bincount(categories_of(items, some)[0], minlength=size) for some in (seen, enjoyed))
        liked, shown = liked + chosen, shown + chosen
        refused = unwanted[unwanted < size]
        liked[refused] = 0
        shown[refused] += REFUSED
        return cls(items, shown, liked, len(enjoyed))

    def looks_into(self, category: int) -> bool:
        """Whether a clip of this category is a look at something that the viewer has not liked yet."""
        return 0 <= category < len(self.liked) and not self.liked[category]

    def lean(self, clips: Ints) -> Doubles:
        """Return a factor for each clip: how much likelier its category is to please than one never tried."""
        return self._mean(_first_category(self.items, clips), np.zeros(len(clips), np.int64))

    def sound_out(self, ranked: Ints) -> Doubles:
        """Return a factor for each clip of a list, best first, so that a page of it finds out what the viewer likes."""
        own = _first_category(self.items, ranked)
        return np.asarray(self._mean(own, _places_within(own)) ** (EAGERNESS * self.doubt))

    def _mean(self, category: Ints, above: Ints) -> Doubles:
        """Return the posterior means after `above` more clips of the category that did not please, over the prior's."""
        known = np.maximum(category, 0)
        if not len(self.liked):
            return np.ones(len(category))
        mean = (LIKED + self.liked[known]) / (LIKED + PASSED + self.shown[known] + above)
        return np.where(category >= 0, mean * (LIKED + PASSED) / LIKED, 1.0)


def _first_category(items: Items, clips: Ints) -> Ints:
    """Return each clip's first category, -1 where it has none."""
    first = items.category_starts[clips]
    has_one = items.category_starts[clips + 1] > first
    found = np.full(len(clips), -1, np.int64)
    found[has_one] = items.category_ids[first[has_one]]
    return found


def _places_within(groups: Ints) -> Ints:
    """Return how many of the same group stand before each."""
    order = np.argsort(groups, kind="stable")
    _distinct, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return places
