"""Baselines for the ranking: popularity, category affinity, EASE and implicit ALS."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from feed.ranking.evaluation import Recommend
from feed.ranking.interactions import Doubles, EventLog, Floats, History, Ints, Items, Sequences
from feed.ranking.popularity import count_recent
from feed.ranking.prior import category_base, category_profile, interest_profile, lift_of

type Score = Callable[[History, Ints], Doubles]

EASE_RIDGE = 300.0  # tuned on the validation part of Beauty and KuaiRand alike
ALS_FACTORS, ALS_RIDGE, ALS_WEIGHT, ALS_SWEEPS = 64, 5.0, 10.0, 8


def from_scores(score: Score) -> Recommend:
    """Return a recommender that ranks all items by a dense score, without the excluded ones."""

    def recommend(history: History, interests: Ints, excluded: Ints, k: int) -> Ints:
        scores = np.array(score(history, interests), np.float32)
        scores[excluded] = -np.inf
        best = np.argpartition(-scores, k)[:k]
        return np.asarray(best[np.argsort(-scores[best], kind="stable")])

    return recommend


def most_popular(events: EventLog, items: Items) -> Recommend:
    """Rank by how often items were enjoyed."""
    counts: Doubles = np.bincount(events.item[events.satisfied], minlength=items.count).astype(np.float64)
    return from_scores(lambda history, interests: counts)


def recently_popular(events: EventLog, items: Items) -> Recommend:
    """Rank by how often items were enjoyed, with a half-life of one day."""
    is_enjoyed = events.satisfied
    now = int(events.at.max())
    counts = count_recent(events.item[is_enjoyed], events.at[is_enjoyed], items.count, now=now, half_life_days=1.0)
    return from_scores(lambda history, interests: counts)


def category_affinity(events: EventLog, items: Items) -> Recommend:
    """Rank by popularity times the viewer's lift for the item's categories, from the history and the chosen interests."""
    counts = np.bincount(events.item[events.satisfied], minlength=items.count).astype(np.float32)
    base = category_base(items, counts)
    everything = np.arange(items.count)

    def score(history: History, interests: Ints) -> Doubles:
        enjoyed = history.items[history.weight > 0]
        profile = category_profile(items, enjoyed, np.ones(len(enjoyed), np.float32), base)
        if len(interests):
            profile = profile + interest_profile(interests, base)
        return np.asarray(counts * lift_of(items, everything, profile))

    return from_scores(score)


def ease(events: EventLog, items: Items) -> Recommend:
    """Fit an embarrassingly shallow autoencoder. Source: Steck, WWW 2019. Dense: for small catalogues only."""
    liked = _liked(events, items)
    gram = (liked.T @ liked).toarray().astype(np.float64)
    inverse = np.linalg.inv(gram + EASE_RIDGE * np.eye(items.count))
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return from_scores(lambda history, interests: weights[history.items[history.weight > 0]].sum(axis=0))


def implicit_als(events: EventLog, items: Items) -> Recommend:
    """Fit a matrix factorisation with implicit feedback; viewers are folded in. Source: Hu, Koren, Volinsky, ICDM 2008."""
    liked = _liked(events, items)
    random = np.random.default_rng(0)
    of_items = (random.standard_normal((items.count, ALS_FACTORS)) * 0.05).astype(np.float32)
    for _ in range(ALS_SWEEPS):
        of_viewers = _solve(liked, of_items)
        of_items = _solve(liked.T.tocsr(), of_viewers)
    gram = of_items.T @ of_items + ALS_RIDGE * np.eye(ALS_FACTORS, dtype=np.float32)

    def score(history: History, interests: Ints) -> Doubles:
        return np.asarray(of_items @ _fold(of_items[history.items[history.weight > 0]], gram))

    return from_scores(score)


def _solve(rows: sparse.csr_array, factors: Floats) -> Floats:
    gram = factors.T @ factors + ALS_RIDGE * np.eye(factors.shape[1], dtype=np.float32)
    parts = (factors[rows.indices[lo:hi]] for lo, hi in zip(rows.indptr[:-1], rows.indptr[1:], strict=True))
    return np.stack([_fold(part, gram) for part in parts]).astype(np.float32)


def _fold(chosen: Floats, gram: NDArray[np.floating]) -> Floats:
    matrix = gram + ALS_WEIGHT * chosen.T @ chosen
    return np.asarray(np.linalg.solve(matrix, (1 + ALS_WEIGHT) * chosen.sum(axis=0)), np.float32)


def _liked(events: EventLog, items: Items) -> sparse.csr_array:
    sequences = Sequences.of_events(events)
    is_enjoyed = sequences.enjoyed
    ones = np.ones(int(is_enjoyed.sum()), np.float32)
    shape = (sequences.viewer_count, items.count)
    return sparse.csr_array((ones, (sequences.viewer[is_enjoyed], sequences.item[is_enjoyed])), shape=shape)
