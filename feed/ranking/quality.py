"""The clip's own record: of those who were shown it, how many were served well, goal by goal."""

from collections.abc import Mapping

import numpy as np

from feed.ranking.interactions import KINDS, Doubles, Events, Floats

GOALS = ("satisfied", "like", "click", "cart", "purchase")
PRIOR_VIEWS = 20.0


def item_rates(events: Events, item_count: int) -> Floats:
    """Return float32, (items, goals): the smoothed rate of each goal per meeting over the usual rate; 1 is usual.

    A goal that the log never saw is 1 for all.
    """
    pairs = np.unique(events.viewer.astype(np.int64) * item_count + events.item)
    met = np.bincount(pairs % item_count, minlength=item_count).astype(np.float64)
    columns = []
    for goal in GOALS:
        reached = events.satisfied if goal == "satisfied" else events.kind == KINDS.index(goal)
        pairs = np.unique(events.viewer[reached].astype(np.int64) * item_count + events.item[reached])
        hits = np.bincount(pairs % item_count, minlength=item_count)
        usual = hits.sum() / max(met.sum(), 1.0)
        smoothed = (hits + PRIOR_VIEWS * usual) / (met + PRIOR_VIEWS)
        columns.append(smoothed / usual if usual else np.ones(item_count))
    return np.stack(columns, axis=1).astype(np.float32)


def weigh_goals(rates: Floats, goals: Mapping[str, float]) -> Doubles:
    """Return one rate per item: the mean of its rates weighted by what the shop wants; 1 is usual.

    Raises ValueError for a goal that is not known or for weights that are negative or all 0.
    """
    weights = np.zeros(len(GOALS))
    for goal, weight in goals.items():
        if goal not in GOALS:
            raise ValueError(f"unknown goal {goal!r}")
        weights[GOALS.index(goal)] = weight
    if (weights < 0).any() or not weights.any():
        raise ValueError("goals need weights of at least 0 and one above it")
    return np.asarray(rates @ (weights / weights.sum()), np.float64)
