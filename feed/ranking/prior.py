"""The category prior: how much more than average a viewer likes each category. It never excludes a clip."""

import numpy as np

from feed.ranking.interactions import Doubles, Floats, Ints, Items

PSEUDO_EVENTS = 3.0  # average tastes weigh as much as this many events
COMMON_POWER = 0.6  # exponent of a chosen category's reach; at 1 tastes are average, at 0 all choices weigh the same


def category_base(items: Items, popularity: Floats) -> Doubles:
    """Return each category's share of all enjoyed clips. No share is 0."""
    lengths = np.diff(items.category_starts)
    weight = np.repeat((popularity + 0.01) / np.maximum(lengths, 1), lengths)
    counts = np.bincount(items.category_ids, weights=weight, minlength=items.category_count) + 1e-3
    return np.asarray(counts / counts.sum())


def category_profile(items: Items, enjoyed: Ints, weight: Floats, base: Doubles) -> Doubles:
    """Return each category's lift for a viewer.

    The lift is the category's smoothed share of the viewer's enjoyed clips, divided by its average share.
    """
    ids, rows, lengths = categories_of(items, enjoyed)
    counts = np.bincount(ids, weights=(weight / np.maximum(lengths, 1))[rows], minlength=len(base))
    return np.asarray((counts / base + PSEUDO_EVENTS) / (counts.sum() + PSEUDO_EVENTS))


def category_reach(items: Items, chance: Floats) -> Doubles:
    """Return each category's share of expected views. No share is 0. A clip counts in all its categories."""
    lengths = np.diff(items.category_starts)
    return np.asarray(
        np.bincount(items.category_ids, weights=np.repeat(chance, lengths), minlength=items.category_count) + 1e-9
    )


def interest_profile(interests: Ints, reach: Doubles) -> Doubles:
    """Return each category's lift for a viewer about whom only the chosen interests are known.

    A chosen category's share grows more slowly than its reach, because choosing a common category says less than
    choosing a rare one. The sum of reach times lift over all categories is 1.
    """
    share = np.zeros(len(reach))
    valid = interests[(interests >= 0) & (interests < len(reach))]
    share[valid] = reach[valid] ** COMMON_POWER
    return np.asarray(share / reach / max(float(share.sum()), 1e-12))


def sum_over_categories(items: Items, candidates: Ints, profile: Doubles) -> Doubles:
    """Return the sum of the lifts of each candidate's categories.

    A clip that matches two interests gets the lifts of both.
    """
    ids, rows, _lengths = categories_of(items, candidates)
    return np.bincount(rows, weights=profile[ids], minlength=len(candidates))


def lift_of(items: Items, candidates: Ints, profile: Doubles) -> Doubles:
    """Return the mean lift of each candidate's categories, or 1 for a candidate without categories."""
    ids, rows, lengths = categories_of(items, candidates)
    total = np.bincount(rows, weights=profile[ids], minlength=len(candidates))
    return np.where(lengths > 0, total / np.maximum(lengths, 1), 1.0)


def categories_of(items: Items, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the categories of the chosen items as three arrays.

    The first holds category ids. The second holds, for each id, the index of its item in `chosen`. The third holds the
    number of categories of each item.
    """
    first = items.category_starts[chosen]
    lengths = items.category_starts[chosen + 1] - first
    rows = np.repeat(np.arange(len(chosen)), lengths)
    index = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(len(rows))
    return items.category_ids[index], rows, lengths
