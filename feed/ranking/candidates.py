"""One viewer's candidates and the raw terms of their scores, by a few sparse look-ups."""

from dataclasses import dataclass

import numpy as np

from feed.ranking.interactions import Doubles, Floats, History, Ints
from feed.ranking.prior import category_profile, interest_profile, lift_of, sum_over_categories
from feed.ranking.tables import Tables

TERMS = ("transition", "co_watch", "category", "creator", "interest", "leaning", "popular")
LIFTED = 4  # the first terms are multiplied by the clip's lift; the others hold what is expected of it already
RECALLED = 100  # the latest clips enjoyed that are looked up
REACHED = 1000  # the best neighbours of all of them that are scored in full
TRUST_AT_HALF = 2.0  # events after which the collaborative part weighs one half
LEANING_CATEGORIES = 3
INTEREST_SHARE = 0.4  # of the prior, when interests were chosen; the rest is what is popular


@dataclass(frozen=True)
class Candidates:
    """Distinct items and their raw terms: float64, (items, TERMS), each a share of probability before weights."""

    items: Ints
    raw: Doubles


@dataclass(frozen=True)
class Viewer:
    """What a request knows of the viewer, looked up once: latest first."""

    met: Ints
    weight: Floats
    interests: Ints
    followed: Ints

    @property
    def trust(self) -> float:
        """Return n / (n + 2): how far the history is believed over what is popular."""
        met = len(self.met)
        return met / (met + TRUST_AT_HALF)


def look_up(history: History, interests: Ints, followed: Ints) -> Viewer:
    """Take the latest clips enjoyed, the last one first, each once. What was passed by or turned away raises nothing."""
    happy = history.weight > 0
    items, weight = history.items[happy][::-1], history.weight[happy][::-1]
    _, first = np.unique(items, return_index=True)
    kept = np.sort(first)[:RECALLED]
    return Viewer(items[kept].astype(np.int64), weight[kept], interests, followed)


def find_candidates(tables: Tables, viewer: Viewer, excluded: Ints) -> Candidates:
    """Gather from neighbours, popular lists, categories and creators; leave out what is excluded."""
    near = _reach(tables, viewer, excluded)
    profile = category_profile(tables.items, viewer.met, viewer.weight, tables.base)
    leaning = _without(_leaning(tables, viewer, profile), excluded, tables.items.count)
    items, place = _distinct(np.concatenate((near.items, leaning)), tables.items.count)
    raw = np.zeros((len(items), len(TERMS)))
    raw[place[: len(near.items)]] = near.raw
    _add_prior(raw, tables, viewer, items, profile)
    return Candidates(items, raw)


def _reach(tables: Tables, viewer: Viewer, excluded: Ints) -> Candidates:
    """Return the best REACHED neighbours of what was enjoyed, the first two terms filled."""
    decay = viewer.weight / (1 + np.arange(len(viewer.met)))
    slow = viewer.weight / np.sqrt(1 + np.arange(len(viewer.met)))
    follows, follow_mass, _ = tables.transitions.gather(viewer.met, decay.astype(np.float32))
    near, near_mass, _ = tables.together.gather(viewer.met, slow.astype(np.float32))
    items, place = _distinct(np.concatenate((follows, near)).astype(np.int64), tables.items.count)
    after = _share(place[: len(follows)], follow_mass, len(items)) * viewer.trust
    beside = _share(place[len(follows) :], near_mass, len(items)) * viewer.trust
    kept = _allowed(items, excluded, tables.items.count)
    if len(kept) > REACHED:
        kept = kept[np.argpartition(-(after + beside)[kept], REACHED)[:REACHED]]
    raw = np.zeros((len(kept), len(TERMS)))
    raw[:, 0], raw[:, 1] = after[kept], beside[kept]
    return Candidates(items[kept], raw)


def score_candidates(tables: Tables, viewer: Viewer, chosen: Ints) -> Candidates:
    """Return the raw terms of given items, in the order given."""
    near = _reach(tables, viewer, np.zeros(0, np.int64))
    raw = np.zeros((len(chosen), len(TERMS)))
    if len(near.items):
        order = np.argsort(near.items)
        place = order[np.minimum(np.searchsorted(near.items, chosen, sorter=order), len(order) - 1)]
        known = near.items[place] == chosen
        raw[known] = near.raw[place[known]]
    profile = category_profile(tables.items, viewer.met, viewer.weight, tables.base)
    _add_prior(raw, tables, viewer, chosen, profile)
    return Candidates(chosen, raw)


def _leaning(tables: Tables, viewer: Viewer, profile: Doubles) -> Ints:
    """List what is popular overall, in the categories leaned to, and by the creators met or followed."""
    leaning = np.argsort(-profile, kind="stable")[:LEANING_CATEGORIES] if len(viewer.met) else np.zeros(0, np.int64)
    categories = np.concatenate((viewer.interests, leaning)).astype(np.int64)
    creators = _creators(tables, viewer)[0]
    ones = np.ones(len(categories), np.float32)
    in_categories = tables.by_category.gather(categories, ones)[0]
    by_creators = tables.by_creator.gather(creators, np.ones(len(creators), np.float32))[0]
    return np.concatenate((tables.top, in_categories, by_creators))


def _creators(tables: Tables, viewer: Viewer) -> tuple[Ints, Doubles]:
    """Return the creators enjoyed or followed, and the share of each; a follow weighs as one clip enjoyed."""
    creators = np.concatenate((tables.items.creator[viewer.met], viewer.followed)).astype(np.int64)
    weights: Doubles = np.concatenate((viewer.weight, np.ones(len(viewer.followed))))
    known = (creators >= 0) & (creators < tables.items.creator_count)
    distinct, place = np.unique(creators[known], return_inverse=True)
    total = np.bincount(place, weights[known], len(distinct))
    return distinct, total / max(float(weights.sum()), 1e-12)


def _add_prior(raw: Doubles, tables: Tables, viewer: Viewer, items: Ints, profile: Doubles) -> None:
    """Fill the terms that need no neighbours: interest, category, creator, popular."""
    chance, even = tables.chance[items].astype(np.float64), tables.even[items].astype(np.float64)
    doubt = 1 - viewer.trust
    leaning = INTEREST_SHARE if len(viewer.interests) else 0.0
    if leaning:
        lift = sum_over_categories(tables.items, items, interest_profile(viewer.interests, tables.reach))
        raw[:, 4] = chance * lift * doubt * leaning
    if len(viewer.met):
        leans = lift_of(tables.items, items, profile)
        raw[:, 2] = even * leans * viewer.trust
        raw[:, 5] = chance * leans
    creators, share = _creators(tables, viewer)
    if len(creators):
        sought = tables.items.creator[items]
        place = np.minimum(np.searchsorted(creators, sought), len(creators) - 1)
        raw[:, 3] = np.where(creators[place] == sought, share[place], 0) * even
    raw[:, 6] = chance * doubt * (1 - leaning)


def _share(place: Ints, mass: Floats, size: int) -> Doubles:
    return np.asarray(np.bincount(place, mass, size) / max(float(mass.sum()), 1e-12))


def _distinct(pool: Ints, item_count: int) -> tuple[Ints, Ints]:
    """Return the distinct ids and where each of the pool stands among them, without sorting."""
    mark = np.empty(item_count, np.int32)  # touched where the pool points, read nowhere else
    mark[pool] = np.arange(len(pool))
    items = pool[mark[pool] == np.arange(len(pool))]
    mark[items] = np.arange(len(items))
    return items, mark[pool]


def _without(items: Ints, excluded: Ints, item_count: int) -> Ints:
    return items[_allowed(items, excluded, item_count)]


def _allowed(items: Ints, excluded: Ints, item_count: int) -> Ints:
    """Return the places of those that are not excluded."""
    mark = np.empty(item_count, np.bool_)
    mark[items] = True
    mark[excluded[excluded < item_count]] = False
    return np.flatnonzero(mark[items])
