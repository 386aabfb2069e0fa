"""Quality: the share of a clip's viewers who reached each goal, such as a like or a purchase."""

from collections.abc import Mapping

import numpy as np

from feed.ranking.interactions import KINDS, Bools, Doubles, EventLog, Floats

GOALS = ("satisfied", "like", "click", "cart", "purchase")
PRIOR_VIEWS = 20.0  # the average rate counts as much as this many viewers
PRIOR_HITS = 20.0  # or as many as usually hold this many hits: a few purchases prove nothing where they are rare


def item_rates(events: EventLog, item_count: int) -> Floats:
    """Return each item's smoothed rate for each goal, divided by the average rate: float32, (items, goals).

    A goal that does not occur in the log has rate 1 for all items.
    """
    met = _count_viewers(events, np.ones(len(events), np.bool_), item_count)
    columns = []
    for goal in GOALS:
        reached = events.satisfied if goal == "satisfied" else events.kind == KINDS.index(goal)
        hits = _count_viewers(events, reached, item_count)
        average = float(hits.sum()) / max(float(met.sum()), 1.0)
        prior = max(PRIOR_VIEWS, PRIOR_HITS / average) if average else PRIOR_VIEWS
        smoothed = (hits + prior * average) / (met + prior)
        columns.append(smoothed / average if average else np.ones(item_count))
    return np.stack(columns, axis=1).astype(np.float32)


def _count_viewers(events: EventLog, mask: Bools, item_count: int) -> Doubles:
    """Return how many viewers, by their trust, each item has among the events of the mask."""
    pairs, first = np.unique(events.viewer[mask].astype(np.int64) * item_count + events.item[mask], return_index=True)
    return np.bincount(pairs % item_count, weights=events.trusted[mask][first], minlength=item_count)


def weigh_goals(rates: Floats, goals: Mapping[str, float]) -> Doubles:
    """Return the mean of each item's rates, weighted by the shop's goals. An average item has 1.

    `goals` maps each goal to its weight. A goal that nobody has reached, or everybody, says nothing and does not count.
    Raises ValueError if a goal is unknown, or if weights are negative or all 0.
    """
    weights = np.zeros(len(GOALS))
    for goal, weight in goals.items():
        if goal not in GOALS:
            raise ValueError(f"unknown goal {goal!r}")
        weights[GOALS.index(goal)] = weight
    if (weights < 0).any() or not weights.any():
        raise ValueError("goals need weights of at least 0, and at least one above 0")
    weights *= (rates != 1).any(axis=0)
    if not weights.any():
        return np.ones(len(rates))
    return np.asarray(rates @ (weights / weights.sum()), np.float64)
