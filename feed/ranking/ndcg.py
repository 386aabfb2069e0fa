"""NDCG: the share of the possible gain that a ranked list reaches, where a hit at place p gains 1 / log2(p + 1)."""

import numpy as np

from feed.ranking.interactions import Bools, Doubles


def discounts(k: int) -> Doubles:
    """Return the gain of a hit at each of k places."""
    return np.asarray(1 / np.log2(np.arange(k) + 2))


def ndcg(hits: Bools | Doubles, target_count: int, k: int) -> float:
    """Return NDCG@k of one list, whose hits are marked best first, for a viewer with so many targets."""
    gains = discounts(k)
    if not target_count:
        return 0.0
    return float((hits[:k] * gains[: len(hits)]).sum() / gains[:target_count].sum())
