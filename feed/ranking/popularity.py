"""How popular a clip is, and how popular it is about to be."""

from dataclasses import dataclass

import numpy as np

from feed.ranking.interactions import Doubles, Events, Floats, Ints, Sequences

DAY_S = 86_400
HALF_LIVES_DAYS = (0.5, 1, 2, 4, 8)
RIDGE = 10.0  # in items
NEWTON_STEPS = 25


def count_recent(item: Ints, at: Ints, item_count: int, *, now: int, half_life_days: float) -> Doubles:
    """Count with time decay: an event half_life_days old weighs one half."""
    age_days = (now - at) / DAY_S
    return np.bincount(item, weights=0.5 ** (age_days / half_life_days), minlength=item_count)


@dataclass(frozen=True)
class Popularity:
    """Counts per item and the trend: log of what is expected next over what was counted so far, centred."""

    enjoyed: Floats
    met: Floats
    trend: Floats

    @classmethod
    def of(cls, events: Events, sequences: Sequences, item_count: int, *, window_s: int) -> "Popularity":
        """Count, and learn the trend: a Poisson regression of a clip's views in a window on what was known before it.

        It is fitted on the last `window_s` of the log, against the counts, decayed counts and age known at the start
        of that window; then applied to what is known at the end of the log. Without a window (a log whose clock
        starts anew for every viewer) there is no trend.
        """
        enjoyed = np.bincount(sequences.item[sequences.enjoyed], minlength=item_count)
        met = np.bincount(sequences.item, minlength=item_count)
        trend: Doubles = np.zeros(item_count)
        if len(events) and window_s:
            now = int(events.at.max())
            before = events.at <= now - window_s
            if before.any() and events.satisfied[~before].any():
                coming = np.bincount(events.item[~before & events.satisfied], minlength=item_count)
                known = signs_of(events.where(before), item_count, now - window_s)
                expected = _expect(known, coming, signs_of(events, item_count, now))
                trend = expected - np.log(enjoyed + 1.0)
                trend -= np.average(trend, weights=enjoyed + 1e-9)
        return cls(enjoyed.astype(np.float32), met.astype(np.float32), np.clip(trend, -6, 6).astype(np.float32))


def signs_of(events: Events, item_count: int, now: int) -> Doubles:
    """Return what is known of every item at `now`: log counts, decayed at several half-lives, and log age."""
    columns = []
    for item, at in ((events.item[events.satisfied], events.at[events.satisfied]), (events.item, events.at)):
        columns.append(np.log(np.bincount(item, minlength=item_count) + 1.0))
        for half_life in HALF_LIVES_DAYS:
            recent = count_recent(item, at, item_count, now=now, half_life_days=half_life)
            columns.append(np.log(recent + 0.1))
    first = np.full(item_count, now, np.int64)
    np.minimum.at(first, events.item, events.at)
    columns.append(np.log1p((now - first) / DAY_S))
    return np.stack(columns, axis=1)


def _expect(known: Doubles, coming: Ints, present: Doubles) -> Doubles:
    """Fit log E[coming] linear in `known` by Newton's method with a ridge; return it for `present`."""
    mean, spread = known.mean(0), known.std(0) + 1e-9
    design = np.column_stack((np.ones(len(known)), (known - mean) / spread))
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(coming.mean() + 1e-9)
    ridge = np.full(len(weights), RIDGE)
    ridge[0] = 0
    for _ in range(NEWTON_STEPS):
        rate = np.exp(np.clip(design @ weights, -20, 15))
        gradient = design.T @ (coming - rate) - ridge * weights
        step = np.linalg.solve((design * rate[:, None]).T @ design + np.diag(ridge + 1e-9), gradient)
        weights += step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-4:
            break
    return np.column_stack((np.ones(len(present)), (present - mean) / spread)) @ weights
