"""Score the clips that may suit a viewer, and say why: the reasons are the terms of the score.

Candidates come from short lists (what people watched after the same clips, interests, followed creators, popular, new),
so the work does not grow with the shop. The collaborative part weighs n / (n + 2) after n satisfied clips; the chosen
interests are a soft prior that fades, never a filter. Source of both: the shop's own measurements on public logs.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feed.lines import Lines
from feed.neighbours import Neighbours
from feed.watching import Watching

Rows = NDArray[np.int64]
Values = NDArray[np.float32]
RECENT = 40
FRESH_DAYS = 5.0
EXPLORED = 2
LEAST_REASON = 0.02
WEIGHTS = {
    "watched": 1.6,
    "taste": 0.5,
    "interest": 0.9,
    "followed": 0.8,
    "popular": 0.45,
    "quality": 0.6,
    "fresh": 0.25,
}
"""What each term may add at most. `quality` orders and is no reason on its own."""


@dataclass(frozen=True)
class Scored:
    """Candidates, best first: rows of the shelf and, for each, its reasons, strongest first."""

    rows: list[int]
    reasons: list[tuple[str, ...]]


def score(
    *,
    lines: Lines,
    neighbours: Neighbours,
    watching: Watching,
    excluded: Rows,
    now_s: float,
    generator: np.random.Generator,
) -> Scored:
    """Return what may come next, unseen first of all; `excluded` are ids that may not. A share is for the hardly seen."""
    shelf = lines.shelf
    history = shelf.rows_of(watching.history[-RECENT:])
    weights = watching.weights[-RECENT:][-len(history) :] if len(history) else np.empty(0, np.float32)
    followed, seeds = _near(neighbours, shelf.ids[history], weights, shelf.rows_of)
    rows = _gather(lines, watching, history, followed)
    rows = rows[~np.isin(shelf.ids[rows], excluded)]
    if not len(rows):
        return Scored([], [])
    terms = _terms(lines, watching, history, weights, followed, seeds, rows, now_s)
    total = np.sum([values for values, _codes in terms], axis=0, dtype=np.float32)
    total += WEIGHTS["quality"] * lines.quality[rows]
    order = np.argsort(-total, kind="stable")
    picked = [int(rows[one]) for one in order]
    reasons = [_why(terms, int(one)) for one in order]
    _explore(lines, picked, reasons, excluded, watching, generator)
    return Scored(picked, reasons)


def _near(
    neighbours: Neighbours, ids: Rows, weights: Values, rows_of: object
) -> tuple[dict[int, float], dict[int, int]]:
    """Return by clip what the neighbours of the history add up to, newest weighing most, and the strongest seed."""
    sums: dict[int, float] = {}
    strongest: dict[int, tuple[float, int]] = {}
    for age, (seed, weight) in enumerate(zip(ids[::-1].tolist(), weights[::-1].tolist(), strict=True)):
        share = math.log1p(weight) / (1 + age) ** 0.5
        for clip_id, likeness in neighbours.of(seed):
            added = share * likeness
            sums[clip_id] = sums.get(clip_id, 0.0) + added
            if added > strongest.get(clip_id, (0.0, 0))[0]:
                strongest[clip_id] = (added, seed)
    return sums, {clip_id: seed for clip_id, (_added, seed) in strongest.items()}


def _gather(lines: Lines, watching: Watching, history: Rows, near: dict[int, float]) -> Rows:
    shelf = lines.shelf
    liked = {category for row in history.tolist() for category in shelf.categories[row]}
    parts = [lines.popular, lines.newest[:100], shelf.rows_of(list(near))]
    parts += [lines.by_category[one] for one in (watching.interests | liked) if one in lines.by_category]
    parts += [lines.by_creator[one] for one in watching.followed if one in lines.by_creator]
    return np.unique(np.concatenate(parts)) if len(shelf) else np.empty(0, np.int64)


def _terms(
    lines: Lines,
    watching: Watching,
    history: Rows,
    weights: Values,
    near: dict[int, float],
    seeds: dict[int, int],
    rows: Rows,
    now_s: float,
) -> list[tuple[Values, list[str]]]:
    """Return every term with its code for each candidate; an empty code where the term adds nothing."""
    shelf, count = lines.shelf, len(history)
    trust = count / (count + 2)
    taste = _taste(shelf.categories, history, weights)
    most = max(near.values(), default=0.0) or 1.0
    ids = shelf.ids[rows].tolist()
    categories = [shelf.categories[row] for row in rows.tolist()]
    creators = shelf.creators[rows].tolist()
    chosen = [next((one for one in some if one in watching.interests), 0) for some in categories]
    best = [max(some, key=lambda one: taste.get(one, 0.0), default=0) for some in categories]
    fresh = np.exp(-(now_s - shelf.published_at[rows]) / (FRESH_DAYS * 86_400)).astype(np.float32)
    found = {
        "watched": ([trust * near.get(one, 0.0) / most for one in ids], [seeds.get(one, 0) for one in ids]),
        "taste": ([trust * taste.get(one, 0.0) for one in best], best),
        "interest": ([4 / (count + 4) if one else 0.0 for one in chosen], chosen),
        "followed": ([1.0 if one in watching.followed else 0.0 for one in creators], creators),
        "popular": (lines.popularity[rows], None),
        "fresh": (fresh, None),
    }
    terms = []
    for name, (values, subjects) in found.items():
        codes = [name] * len(ids) if subjects is None else [f"{name}:{one}" if one else "" for one in subjects]
        factors = [watching.less.get(code, 1.0) for code in codes] if watching.less else 1.0
        terms.append((np.asarray(values, np.float32) * WEIGHTS[name] * np.asarray(factors, np.float32), codes))
    return terms


def _taste(categories: NDArray[np.object_], history: Rows, weights: Values) -> dict[int, float]:
    """Return the share of each category in the history, recent clips weighing most; the largest is 1."""
    sums: dict[int, float] = {}
    for age, (row, weight) in enumerate(zip(history[::-1].tolist(), weights[::-1].tolist(), strict=True)):
        for one in categories[row]:
            sums[one] = sums.get(one, 0.0) + math.log1p(weight) / (1 + age) ** 0.5
    most = max(sums.values(), default=1.0)
    return {one: value / most for one, value in sums.items()}


def _why(terms: Iterable[tuple[Values, list[str]]], index: int) -> tuple[str, ...]:
    """Return the codes of the terms that added most, at most three; without any, that the clip is unseen."""
    added = sorted(((float(values[index]), codes[index]) for values, codes in terms), reverse=True)
    return tuple(code for value, code in added[:3] if value > LEAST_REASON and code) or ("unseen",)


def _explore(
    lines: Lines,
    picked: list[int],
    reasons: list[tuple[str, ...]],
    excluded: Rows,
    watching: Watching,
    generator: np.random.Generator,
) -> None:
    """Give two places of eight to clips that hardly anybody has seen, by Thompson sampling of how often they satisfy."""
    shelf = lines.shelf
    pool = lines.hardly_seen[~np.isin(shelf.ids[lines.hardly_seen], excluded)]
    factor = watching.less.get("trying", 1.0)
    if not len(pool) or generator.random() > factor:
        return
    draws = generator.beta(shelf.satisfied[pool] + 1, np.maximum(shelf.shown[pool] - shelf.satisfied[pool], 0) + 2)
    for place, row in zip((2, 6), pool[np.argsort(-draws)][:EXPLORED].tolist(), strict=False):
        if row in picked[:8]:
            continue
        if row in picked:
            index = picked.index(row)
            del picked[index], reasons[index]
        picked.insert(place, row)
        reasons.insert(place, ("trying",))
