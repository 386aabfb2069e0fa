"""Offline evaluation of a model on a log. All items that a viewer has not seen are ranked, not only a sample."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.interactions import NO_IDS, Bools, EventLog, History, Ints, Items, Sequences
from feed.ranking.model import Model
from feed.ranking.ndcg import ndcg

type Recommend = Callable[[History, Ints, Ints, int], Ints]
"""A function that takes (history, interests, excluded, k) and returns at most k items, best first."""

COLD_STEPS = (0, 1, 2, 5, 10, 20)
COLD_VIEWERS = 3_000
COLD_MIN_ENJOYED = 20
COLD_INTERESTS = 5
NEW_BELOW = 10  # an item with fewer events than this in the fitted part counts as new


@dataclass(frozen=True)
class EvaluationCase:
    """A viewer to recommend items to. `targets` are the items that the viewer enjoyed next."""

    viewer: int
    history: History
    interests: Ints
    excluded: Ints
    targets: Ints


@dataclass(frozen=True)
class EvaluationSplit:
    """The events to fit on and the cases to evaluate."""

    fitted: EventLog
    cases: tuple[EvaluationCase, ...]


@dataclass(frozen=True)
class RankingQuality:
    """Measures of quality and speed, averaged over all cases.

    `coverage` is the share of all items that were recommended at least once. `new_share` is the share of new items (see
    NEW_BELOW) among the recommended ones.
    """

    cases: int
    ndcg: float
    recall: float
    hit_rate: float
    coverage: float
    new_share: float
    page_ms_median: float
    page_ms_p99: float


def split_last(log: EventLog, limit: int | None = None, *, left_out: int = 1) -> EvaluationSplit:
    """Return a leave-one-out split: each viewer's last event is the target, and earlier events are the history.

    `limit` is the maximum number of viewers. The last `left_out` events of each viewer are not fitted.
    """
    order = np.lexsort((np.arange(len(log)), log.at, log.viewer))
    _viewers, starts, counts = np.unique(log.viewer[order], return_index=True, return_counts=True)
    from_end = np.empty(len(log), np.int64)
    from_end[order] = np.repeat(starts + counts, counts) - np.arange(len(log))
    split = _split(log, from_end == 1, limit)
    return replace(split, fitted=log.where(from_end > left_out))


def split_time(log: EventLog, start: int, end: int, limit: int | None = None) -> EvaluationSplit:
    """Return a split by time: events before `start` are fitted, and items enjoyed in [start, end) are the targets.

    Times are in Unix seconds. `limit` is the maximum number of viewers.
    """
    inside = log.where(log.at < end)
    return _split(inside, np.asarray(inside.at >= start), limit)


def _split(log: EventLog, is_target: Bools, limit: int | None) -> EvaluationSplit:
    fitted = log.where(~is_target)
    sequences = Sequences.of_events(fitted)
    cases = []
    for viewer, enjoyed in _targets(log.where(is_target & log.satisfied), limit):
        history = sequences.of(viewer) if viewer < sequences.viewer_count else History.enjoyed(NO_IDS)
        targets = np.setdiff1d(enjoyed, history.items)
        if len(targets):
            cases.append(EvaluationCase(viewer, history, NO_IDS, history.items, targets))
    return EvaluationSplit(fitted, tuple(cases))


def split_cold(
    log: EventLog, items: Items, start: int | None, end: int | None, *, min_enjoyed: int = COLD_MIN_ENJOYED
) -> dict[int, EvaluationSplit]:
    """Return a split for each n in COLD_STEPS. In it, only the interests and last n enjoyed clips are known.

    The cases are up to COLD_VIEWERS viewers who enjoyed at least `min_enjoyed` clips. None of their events are fitted.
    If `start` or `end` is None, the targets are chosen as in `split_last`, and all events of other viewers are fitted.
    Otherwise, targets and fitted events are chosen as in `split_time`. Items in a viewer's full history are excluded
    from recommendations, even if n is small.
    """
    is_last = start is None or end is None
    whole = split_last(log) if start is None or end is None else split_time(log, start, end)
    rich = [case for case in whole.cases if int((case.history.weight > 0).sum()) >= min_enjoyed]
    chosen = [rich[index] for index in np.sort(np.random.default_rng(0).permutation(len(rich))[:COLD_VIEWERS])]
    cold_viewers = np.array([case.viewer for case in chosen], np.int64)
    others = log if is_last else whole.fitted
    fitted = others.where(~np.isin(others.viewer, cold_viewers))
    return {n: EvaluationSplit(fitted, tuple(_shorten(case, items, n) for case in chosen)) for n in COLD_STEPS}


def _shorten(case: EvaluationCase, items: Items, n: int) -> EvaluationCase:
    """Return a copy of the evaluation case whose history has only the last n enjoyed clips.

    The viewer's favourite categories are used as the viewer's stated interests.
    """
    enjoyed = case.history.items[case.history.weight > 0]
    categories = [items.category_ids[items.category_starts[i] : items.category_starts[i + 1]] for i in enjoyed]
    counts = np.bincount(np.concatenate(categories), minlength=items.category_count)
    favourites = np.lexsort((np.arange(len(counts)), -counts))[:COLD_INTERESTS]
    interests = favourites[counts[favourites] > 0]
    history = History.enjoyed(enjoyed[len(enjoyed) - n :])
    return EvaluationCase(case.viewer, history, interests, case.excluded, case.targets)


def _targets(log: EventLog, limit: int | None) -> list[tuple[int, Ints]]:
    """Return each viewer in the log with their distinct items.

    If there are more than `limit` viewers, return a random sample.
    """
    viewers, index = np.unique(log.viewer, return_inverse=True)
    order = np.argsort(index, kind="stable")
    parts = np.split(log.item[order], np.cumsum(np.bincount(index, minlength=len(viewers)))[:-1])
    pairs = [(int(viewer), np.unique(part)) for viewer, part in zip(viewers, parts, strict=True)]
    if limit is None or len(pairs) <= limit:
        return pairs
    return [pairs[row] for row in np.sort(np.random.default_rng(0).permutation(len(pairs))[:limit])]


def recommend_by(model: Model) -> Recommend:
    """Return the model as a recommender."""

    def recommend(history: History, interests: Ints, excluded: Ints, k: int) -> Ints:
        return model.recommend(history, interests, k, excluded=excluded).items

    return recommend


def evaluate(recommend: Recommend, split: EvaluationSplit, items: Items, k: int) -> RankingQuality:
    """Recommend k items for each case, one case at a time, and return the mean quality and the speed."""
    meetings = np.bincount(split.fitted.item, minlength=items.count)
    shown = np.zeros(items.count, np.int64)
    ndcgs, recall, hit, seconds = (np.zeros(len(split.cases)) for _ in range(4))
    for row, case in enumerate(split.cases):
        started = time.perf_counter()
        page = recommend(case.history, case.interests, case.excluded, k)[:k]
        seconds[row] = time.perf_counter() - started
        hits = np.isin(page, case.targets)
        ndcgs[row] = ndcg(hits, len(case.targets), k)
        recall[row] = hits.sum() / len(case.targets)
        hit[row] = hits.any()
        shown[page] += 1
    return RankingQuality(
        cases=len(split.cases),
        ndcg=float(ndcgs.mean()),
        recall=float(recall.mean()),
        hit_rate=float(hit.mean()),
        coverage=float((shown > 0).mean()),
        new_share=float(shown[meetings < NEW_BELOW].sum()) / max(int(shown.sum()), 1),
        page_ms_median=float(np.median(seconds) * 1000),
        page_ms_p99=float(np.quantile(seconds, 0.99) * 1000),
    )
