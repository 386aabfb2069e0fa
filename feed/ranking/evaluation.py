"""Measure a model on a log: full ranking over all items, seen ones left out, no sampled negatives."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from feed.ranking.interactions import Bools, Doubles, Events, History, Ints, Items, Sequences

type Recommend = Callable[[History, Ints, Ints, int], Ints]

COLD_STEPS = (0, 1, 2, 5, 10, 20)
COLD_VIEWERS = 3_000
COLD_LEAST = 20
COLD_INTERESTS = 5


@dataclass(frozen=True)
class Case:
    """One viewer to be served: the history known, the interests, what must not be shown, what was enjoyed next."""

    viewer: int
    history: History
    interests: Ints
    excluded: Ints
    wanted: Ints


@dataclass(frozen=True)
class Split:
    """What to fit on, and the cases to serve."""

    known: Events
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Quality:
    """Means over the cases; coverage and new-item share are over all places filled.

    `new_share` is the share of the places that went to items with fewer than 10 meetings in the part fitted.
    """

    cases: int
    ndcg: float
    recall: float
    hit_rate: float
    coverage: float
    new_share: float
    page_ms_median: float
    page_ms_p99: float


def split_last(events: Events, limit: int | None = None) -> Split:
    """Leave one out: the last item of each viewer is the target, everything before it the history."""
    order = np.lexsort((np.arange(len(events)), events.at, events.viewer))
    last = order[np.append(np.diff(events.viewer[order]) != 0, True)]
    target: Bools = np.zeros(len(events), np.bool_)
    target[last] = True
    return _split(events, target, limit)


def split_time(events: Events, start: int, end: int, limit: int | None = None) -> Split:
    """Fit on what came before `start`; targets are the satisfied events from `start` up to, not including, `end`."""
    inside = events.where(events.at < end)
    return _split(inside, np.asarray(inside.at >= start), limit)


def _split(events: Events, target: Bools, limit: int | None) -> Split:
    known = events.where(~target)
    sequences = Sequences.of_events(known)
    none = np.zeros(0, np.int64)
    cases = []
    for viewer, wanted in _targets(events.where(target & events.satisfied), limit):
        history = sequences.of(viewer) if viewer < sequences.viewer_count else History.enjoyed(none)
        fresh = np.setdiff1d(wanted, history.items)
        if len(fresh):
            cases.append(Case(viewer, history, none, history.items, fresh))
    return Split(known, tuple(cases))


def split_cold(events: Events, items: Items, start: int | None, end: int | None) -> dict[int, Split]:
    """Leave up to COLD_VIEWERS with a long history out of the fit; know only interests and the last n enjoyed.

    `start` None means leave one out: then all that the others did is fitted on, as nothing of theirs is asked for. Clips
    of the full history stay excluded at every n.
    """
    whole = split_last(events) if start is None or end is None else split_time(events, start, end)
    rich = [case for case in whole.cases if int((case.history.weight > 0).sum()) >= COLD_LEAST]
    chosen = [rich[i] for i in np.sort(np.random.default_rng(0).permutation(len(rich))[:COLD_VIEWERS])]
    hidden = np.array([case.viewer for case in chosen], np.int64)
    others = events if start is None or end is None else whole.known
    known = others.where(~np.isin(others.viewer, hidden))
    return {n: Split(known, tuple(_know_only(case, items, n) for case in chosen)) for n in COLD_STEPS}


def _know_only(case: Case, items: Items, n: int) -> Case:
    enjoyed = case.history.items[case.history.weight > 0]
    of_all = [items.category_ids[items.category_starts[i] : items.category_starts[i + 1]] for i in enjoyed]
    counts = np.bincount(np.concatenate(of_all), minlength=items.category_count)
    favourite = np.lexsort((np.arange(len(counts)), -counts))[:COLD_INTERESTS]
    interests = favourite[counts[favourite] > 0]
    return Case(case.viewer, History.enjoyed(enjoyed[len(enjoyed) - n :]), interests, case.excluded, case.wanted)


def _targets(events: Events, limit: int | None) -> list[tuple[int, Ints]]:
    viewers, place = np.unique(events.viewer, return_inverse=True)
    order = np.argsort(place, kind="stable")
    parts = np.split(events.item[order], np.cumsum(np.bincount(place, minlength=len(viewers)))[:-1])
    pairs = [(int(viewer), np.unique(part)) for viewer, part in zip(viewers, parts, strict=True)]
    if limit is None or len(pairs) <= limit:
        return pairs
    return [pairs[i] for i in np.sort(np.random.default_rng(0).permutation(len(pairs))[:limit])]


def evaluate(recommend: Recommend, split: Split, items: Items, k: int) -> Quality:
    """Serve every case one by one with `recommend(history, interests, excluded, k)`, and time each page."""
    discount: Doubles = 1 / np.log2(np.arange(k) + 2)
    ideal = np.cumsum(discount)
    met = np.bincount(split.known.item, minlength=items.count)
    shown = np.zeros(items.count, np.int64)
    ndcg, recall, hit, spent = (np.zeros(len(split.cases)) for _ in range(4))
    for row, case in enumerate(split.cases):
        begun = time.perf_counter()
        page = recommend(case.history, case.interests, case.excluded, k)[:k]
        spent[row] = time.perf_counter() - begun
        hits = np.isin(page, case.wanted)
        ndcg[row] = float(discount[: len(page)][hits].sum()) / ideal[min(len(case.wanted), k) - 1]
        recall[row] = hits.sum() / len(case.wanted)
        hit[row] = hits.any()
        shown[page] += 1
    return Quality(
        cases=len(split.cases),
        ndcg=float(ndcg.mean()),
        recall=float(recall.mean()),
        hit_rate=float(hit.mean()),
        coverage=float((shown > 0).mean()),
        new_share=float(shown[met < 10].sum()) / max(int(shown.sum()), 1),
        page_ms_median=float(np.median(spent) * 1000),
        page_ms_p99=float(np.quantile(spent, 0.99) * 1000),
    )
