"""Trust: how much viewers count when the ranking learns, so that made-up viewers cannot buy reach.

Anybody can become any number of new viewers. So a viewer counts more the longer they are known, and fully once they
have bought something. What new viewers count for one clip is capped twice: for all of one network together, and in
proportion to what viewers who count fully say about the clip. All events of a viewer on a clip have the same trust, so
rates within it stay what they are. In a shop where everybody is new, all count the same.
"""

import numpy as np

from feed.ranking.interactions import Bools, Doubles, Floats, Ints

NEW = 0.2  # what a viewer counts on the first day; each further day on which they came adds as much
KNOWN = 0.5  # who counts less than this is new
MOST_OF_NETWORK = 1.0  # what the new viewers of one network count for one clip at most, in viewers who count fully
MOST_TIMES_KNOWN = 2.0  # how far new viewers may exceed their usual share of a clip's viewers
PRIOR_KNOWN = 4.0  # as if this many viewers who count fully had met every clip


def weigh_viewers(active_days: Ints, has_bought: Bools) -> Floats:
    """Return what each viewer counts, from NEW to 1, by the number of days on which they came."""
    by_days = np.minimum(NEW * np.maximum(active_days, 1), 1.0)
    return np.where(has_bought, 1.0, by_days).astype(np.float32)


def trust_events(viewer: Ints, item: Ints, weights: Floats, networks: Ints) -> Floats:
    """Return the trust of each event. Its mean over all meetings of a viewer and an item is 1.

    `weights` and `networks` have one element per viewer: what the viewer counts, and a number of their network.
    """
    if not len(viewer):
        return np.zeros(0, np.float32)
    item_count = int(item.max()) + 1
    pairs, meeting = np.unique(viewer.astype(np.int64) * item_count + item, return_inverse=True)
    of_viewer, of_item = pairs // item_count, pairs % item_count
    trust = weights[of_viewer].astype(np.float64)
    is_new = trust < KNOWN
    trust[is_new] *= _cap_networks(networks[of_viewer[is_new]], of_item[is_new], trust[is_new], item_count)
    trust[is_new] *= _cap_items(of_item, trust, is_new, item_count)[of_item[is_new]]
    return np.asarray((trust / trust.mean())[meeting], np.float32)


def _cap_networks(network: Ints, item: Ints, trust: Doubles, item_count: int) -> Doubles:
    """Return a factor for each meeting, with which no network counts more than MOST_OF_NETWORK for an item."""
    _networks, index = np.unique(network, return_inverse=True)
    _groups, group = np.unique(index.astype(np.int64) * item_count + item, return_inverse=True)
    total = np.bincount(group, weights=trust, minlength=1)
    return np.asarray(np.minimum(1.0, MOST_OF_NETWORK / np.maximum(total, 1e-9))[group])


def _cap_items(item: Ints, trust: Doubles, is_new: Bools, item_count: int) -> Doubles:
    """Return a factor for each item, with which new viewers do not outweigh the others more than they usually may."""
    new = np.bincount(item[is_new], weights=trust[is_new], minlength=item_count)
    known = np.bincount(item[~is_new], weights=trust[~is_new], minlength=item_count)
    if not known.any():
        return np.ones(item_count)
    usual = new.sum() / known.sum()
    return np.minimum(1.0, MOST_TIMES_KNOWN * usual * (known + PRIOR_KNOWN) / np.maximum(new, 1e-9))
