"""Candidate clips for one viewer, with the raw terms of their scores, from a few look-ups in sparse tables."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from feed.ranking.interactions import NO_IDS, Doubles, Floats, History, Ints
from feed.ranking.prior import category_profile, interest_profile, lift_of, sum_over_categories
from feed.ranking.tables import Tables

TERMS = ("transition", "co_watch", "category", "creator", "interest", "leaning", "popular")
LIFTED = 4  # how many terms, from the first, are multiplied by the clip's lift; the others contain its popularity
MAX_ENJOYED = 100  # how many enjoyed clips are looked up, starting with the latest
MAX_NEIGHBOURS = 1000  # how many of the best neighbours are scored in full
TRUST_AT_HALF = 2.0  # after this many enjoyed clips, the history has a weight of one half
LEANING_CATEGORIES = 3
INTEREST_SHARE = 0.4  # share of interests in the prior if any were chosen; popularity has the rest


@dataclass(frozen=True)
class Candidates:
    """Distinct items and their raw score terms.

    `raw` is float64, (items, TERMS). Each term is a share of probability, not yet weighted.
    """

    items: Ints
    raw: Doubles


@dataclass(frozen=True)
class ViewerProfile:
    """A viewer's interests, followed creators, and distinct enjoyed clips with their weights, latest first."""

    enjoyed: Ints
    weight: Floats
    interests: Ints
    followed: Ints

    @property
    def trust(self) -> float:
        """Return the weight of the viewer's history: n / (n + 2) for n enjoyed clips. Popularity has the rest."""
        count = len(self.enjoyed)
        return count / (count + TRUST_AT_HALF)

    @classmethod
    def of(cls, history: History, interests: Ints, followed: Ints) -> Self:
        """Build a profile from a viewer's history. Only the latest MAX_ENJOYED enjoyed clips are used."""
        is_enjoyed = history.weight > 0
        items, weight = history.items[is_enjoyed][::-1], history.weight[is_enjoyed][::-1]
        _, first = np.unique(items, return_index=True)
        latest = np.sort(first)[:MAX_ENJOYED]
        return cls(items[latest].astype(np.int64), weight[latest], interests, followed)


def find_candidates(tables: Tables, viewer: ViewerProfile, excluded: Ints) -> Candidates:
    """Return candidates from neighbours, popular lists, categories and creators, except the excluded items."""
    near = _find_neighbours(tables, viewer, excluded)
    profile = category_profile(tables.items, viewer.enjoyed, viewer.weight, tables.base)
    popular = _without(_list_popular(tables, viewer, profile), excluded, tables.items.count)
    items, index = _distinct(np.concatenate((near.items, popular)), tables.items.count)
    raw = np.zeros((len(items), len(TERMS)))
    raw[index[: len(near.items)]] = near.raw
    _add_prior(raw, tables, viewer, items, profile)
    return Candidates(items, raw)


def score_candidates(tables: Tables, viewer: ViewerProfile, items: Ints) -> Candidates:
    """Return the given items as candidates with raw terms, in the same order."""
    near = _find_neighbours(tables, viewer, NO_IDS)
    raw = np.zeros((len(items), len(TERMS)))
    if len(near.items):
        order = np.argsort(near.items)
        index = order[np.minimum(np.searchsorted(near.items, items, sorter=order), len(order) - 1)]
        is_near = near.items[index] == items
        raw[is_near] = near.raw[index[is_near]]
    profile = category_profile(tables.items, viewer.enjoyed, viewer.weight, tables.base)
    _add_prior(raw, tables, viewer, items, profile)
    return Candidates(items, raw)


def _find_neighbours(tables: Tables, viewer: ViewerProfile, excluded: Ints) -> Candidates:
    """Return the best MAX_NEIGHBOURS neighbours of the enjoyed clips. Only the first two of TERMS are filled in."""
    age = np.arange(len(viewer.enjoyed))
    decay, slow_decay = viewer.weight / (1 + age), viewer.weight / np.sqrt(1 + age)
    next_ids, next_weights, _ = tables.transitions.gather(viewer.enjoyed, decay.astype(np.float32))
    near_ids, near_weights, _ = tables.together.gather(viewer.enjoyed, slow_decay.astype(np.float32))
    items, index = _distinct(np.concatenate((next_ids, near_ids)).astype(np.int64), tables.items.count)
    transition = _shares(index[: len(next_ids)], next_weights, len(items)) * viewer.trust
    co_watch = _shares(index[len(next_ids) :], near_weights, len(items)) * viewer.trust
    rows = _allowed(items, excluded, tables.items.count)
    if len(rows) > MAX_NEIGHBOURS:
        rows = rows[np.argpartition(-(transition + co_watch)[rows], MAX_NEIGHBOURS)[:MAX_NEIGHBOURS]]
    raw = np.zeros((len(rows), len(TERMS)))
    raw[:, 0], raw[:, 1] = transition[rows], co_watch[rows]
    return Candidates(items[rows], raw)


def _list_popular(tables: Tables, viewer: ViewerProfile, profile: Doubles) -> Ints:
    """Return clips that are popular overall, in preferred categories, or by enjoyed and followed creators.

    A clip can occur more than once.
    """
    preferred = np.argsort(-profile, kind="stable")[:LEANING_CATEGORIES] if len(viewer.enjoyed) else NO_IDS
    categories = np.concatenate((viewer.interests, preferred)).astype(np.int64)
    creators = _creator_shares(tables, viewer)[0]
    in_categories = tables.by_category.gather(categories, np.ones(len(categories), np.float32))[0]
    by_creators = tables.by_creator.gather(creators, np.ones(len(creators), np.float32))[0]
    return np.concatenate((tables.top, in_categories, by_creators))


def _creator_shares(tables: Tables, viewer: ViewerProfile) -> tuple[Ints, Doubles]:
    """Return the creators whom the viewer enjoyed or follows, and each creator's share of the viewer's history.

    A follow counts as much as one enjoyed clip.
    """
    creators = np.concatenate((tables.items.creator[viewer.enjoyed], viewer.followed)).astype(np.int64)
    weights: Doubles = np.concatenate((viewer.weight, np.ones(len(viewer.followed))))
    is_known = (creators >= 0) & (creators < tables.items.creator_count)
    distinct, index = np.unique(creators[is_known], return_inverse=True)
    totals = np.bincount(index, weights[is_known], len(distinct))
    return distinct, totals / max(float(weights.sum()), 1e-12)


def _add_prior(raw: Doubles, tables: Tables, viewer: ViewerProfile, items: Ints, profile: Doubles) -> None:
    """Fill in the terms that need no neighbours: interest, category, leaning, creator and popular."""
    chance, even = tables.chance[items].astype(np.float64), tables.even[items].astype(np.float64)
    distrust = 1 - viewer.trust
    interest_share = INTEREST_SHARE if len(viewer.interests) else 0.0
    if interest_share:
        lift = sum_over_categories(tables.items, items, interest_profile(viewer.interests, tables.reach))
        raw[:, 4] = chance * lift * distrust * interest_share
    if len(viewer.enjoyed):
        lift = lift_of(tables.items, items, profile)
        raw[:, 2] = even * lift * viewer.trust
        raw[:, 5] = chance * lift
    creators, shares = _creator_shares(tables, viewer)
    if len(creators):
        creator = tables.items.creator[items]
        index = np.minimum(np.searchsorted(creators, creator), len(creators) - 1)
        raw[:, 3] = np.where(creators[index] == creator, shares[index], 0) * even
    raw[:, 6] = chance * distrust * (1 - interest_share)


def _shares(index: Ints, weights: Floats, size: int) -> Doubles:
    return np.asarray(np.bincount(index, weights, size) / max(float(weights.sum()), 1e-12))


def _distinct(pool: Ints, item_count: int) -> tuple[Ints, Ints]:
    """Return the distinct ids in the pool, and for each element of the pool its index among them.

    This is faster than sorting the pool.
    """
    mark = np.empty(item_count, np.int32)  # uninitialised, because only elements with ids in the pool are read
    mark[pool] = np.arange(len(pool))
    items = pool[mark[pool] == np.arange(len(pool))]
    mark[items] = np.arange(len(items))
    return items, mark[pool]


def _without(items: Ints, excluded: Ints, item_count: int) -> Ints:
    return items[_allowed(items, excluded, item_count)]


def _allowed(items: Ints, excluded: Ints, item_count: int) -> Ints:
    """Return the indices of the items that are not excluded."""
    mark = np.empty(item_count, np.bool_)
    mark[items] = True
    mark[excluded[excluded < item_count]] = False
    return np.flatnonzero(mark[items])
