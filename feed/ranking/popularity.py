"""Popularity: how many views each clip has had, and how that number is changing."""

from dataclasses import dataclass

import numpy as np

from feed.ranking.interactions import Doubles, EventLog, Floats, Ints, Sequences

DAY_S = 86_400
HALF_LIVES_DAYS = (0.5, 1, 2, 4, 8)
RIDGE = 10.0  # in items
NEWTON_STEPS = 25


def count_recent(
    item: Ints, at: Ints, item_count: int, *, now: int, half_life_days: float, trust: Floats | None = None
) -> Doubles:
    """Return the number of events per item, with time decay.

    An event that is `half_life_days` old counts as one half of its trust, which is 1 if none is given.
    """
    decay = 0.5 ** ((now - at) / DAY_S / half_life_days)
    return np.bincount(item, weights=decay if trust is None else decay * trust, minlength=item_count)


@dataclass(frozen=True)
class Popularity:
    """Counts and the trend of each item.

    `enjoyed` and `met` are the numbers of viewers, by their trust, who enjoyed the item and who were shown it. `trend` is the log of the
    ratio of expected future views to past views, shifted so that its mean is 0.
    """

    enjoyed: Floats
    met: Floats
    trend: Floats

    @classmethod
    def of(cls, events: EventLog, sequences: Sequences, item_count: int, *, window_s: int) -> "Popularity":
        """Count events, and learn the trend by Poisson regression.

        The regression predicts the views of each clip in the last `window_s` seconds of the log. Its inputs are the
        clip's popularity signals at the start of this window. The fitted regression is then applied to the signals at
        the end of the log. If `window_s` is 0 because the viewers have no common clock, the trend is 0.
        """
        is_enjoyed = sequences.enjoyed
        enjoyed = np.bincount(sequences.item[is_enjoyed], sequences.trust[is_enjoyed], minlength=item_count)
        met = np.bincount(sequences.item, sequences.trust, minlength=item_count)
        trend: Doubles = np.zeros(item_count)
        if len(events) and window_s:
            now = int(events.at.max())
            before = events.at <= now - window_s
            if before.any() and events.satisfied[~before].any():
                is_next = ~before & events.satisfied
                next_views = np.bincount(events.item[is_next], events.trusted[is_next], minlength=item_count)
                past = popularity_signals(events.where(before), item_count, now - window_s)
                expected = _expected_log_views(past, next_views, popularity_signals(events, item_count, now))
                trend = expected - np.log(enjoyed + 1.0)
                trend -= np.average(trend, weights=enjoyed + 1e-9)
        return cls(enjoyed.astype(np.float32), met.astype(np.float32), np.clip(trend, -6, 6).astype(np.float32))


def popularity_signals(events: EventLog, item_count: int, now: int) -> Doubles:
    """Return the popularity signals of every item at the time `now`: (items, signals).

    They are logs of the numbers of satisfied events and of all events, each without decay and with each half-life in
    HALF_LIVES_DAYS. The last signal is the log of the item's age in days.
    """
    columns = []
    for part in (events.where(events.satisfied), events):
        columns.append(np.log(np.bincount(part.item, part.trusted, minlength=item_count) + 1.0))
        for half_life in HALF_LIVES_DAYS:
            recent = count_recent(part.item, part.at, item_count, now=now, half_life_days=half_life, trust=part.trusted)
            columns.append(np.log(recent + 0.1))
    first = np.full(item_count, now, np.int64)
    np.minimum.at(first, events.item, events.at)
    columns.append(np.log1p((now - first) / DAY_S))
    return np.stack(columns, axis=1)


def _expected_log_views(past: Doubles, next_views: Doubles, present: Doubles) -> Doubles:
    """Fit log E[next_views] as a linear function of `past`, and return its values for `present`.

    Uses Newton's method with a ridge penalty.
    """
    mean, spread = past.mean(0), past.std(0) + 1e-9
    design = np.column_stack((np.ones(len(past)), (past - mean) / spread))
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(next_views.mean() + 1e-9)
    ridge = np.full(len(weights), RIDGE)
    ridge[0] = 0
    for _ in range(NEWTON_STEPS):
        rate = np.exp(np.clip(design @ weights, -20, 15))
        gradient = design.T @ (next_views - rate) - ridge * weights
        step = np.linalg.solve((design * rate[:, None]).T @ design + np.diag(ridge + 1e-9), gradient)
        weights += step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-4:
            break
    return np.column_stack((np.ones(len(present)), (present - mean) / spread)) @ weights
