"""Quality: of the viewers who met a clip, the share that reached each goal."""

from collections.abc import Mapping

import numpy as np

from feed.ranking.interactions import KINDS, Doubles, EventLog, Floats

GOALS = ("satisfied", "like", "click", "cart", "purchase")
PRIOR_VIEWS = 20.0


def item_rates(events: EventLog, item_count: int) -> Floats:
    """Return float32, (items, goals): the smoothed rate of each goal per meeting over the average rate; 1 is average.

    A goal that does not occur in the log is 1 for all items.
    """
    pairs = np.unique(events.viewer.astype(np.int64) * item_count + events.item)
    met = np.bincount(pairs % item_count, minlength=item_count).astype(np.float64)
    columns = []
    for goal in GOALS:
        reached = events.satisfied if goal == "satisfied" else events.kind == KINDS.index(goal)
        pairs = np.unique(events.viewer[reached].astype(np.int64) * item_count + events.item[reached])
        hits = np.bincount(pairs % item_count, minlength=item_count)
        average = hits.sum() / max(met.sum(), 1.0)
        smoothed = (hits + PRIOR_VIEWS * average) / (met + PRIOR_VIEWS)
        columns.append(smoothed / average if average else np.ones(item_count))
    return np.stack(columns, axis=1).astype(np.float32)


def weigh_goals(rates: Floats, goals: Mapping[str, float]) -> Doubles:
    """Return one rate per item: the mean of its rates, weighted by the shop's goals; 1 is average.

    Raises ValueError if a goal is unknown, or if the weights are negative or all 0.
    """
    weights = np.zeros(len(GOALS))
    for goal, weight in goals.items():
        if goal not in GOALS:
            raise ValueError(f"unknown goal {goal!r}")
        weights[GOALS.index(goal)] = weight
    if (weights < 0).any() or not weights.any():
        raise ValueError("goals need weights of at least 0, and at least one above 0")
    return np.asarray(rates @ (weights / weights.sum()), np.float64)
