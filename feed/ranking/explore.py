"""Give new clips a fair hearing: Thompson sampling over those with few views.

Source: Chapelle and Li, An Empirical Evaluation of Thompson Sampling, NIPS 2011.
"""

import numpy as np

from feed.ranking.interactions import Doubles, Ints

FIRST_VIEWS = 100  # views after which a clip stands on its own record
PRIOR_VIEWS = 4.0  # how many views the usual rate weighs


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
