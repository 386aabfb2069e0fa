"""Fitting of a model to a log.

First the log is counted without a held-out part. Then the weights are learned on that part. Finally the whole log is
counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from feed.ranking.candidates import Candidates, ViewerProfile, find_candidates
from feed.ranking.exploration import Exploration, recommend_exploring
from feed.ranking.interactions import NO_IDS, Bools, Doubles, EventLog, History, Ints, Items, Sequences
from feed.ranking.model import Model, lift_items, weigh
from feed.ranking.ndcg import ndcg
from feed.ranking.quality import weigh_goals
from feed.ranking.rerank import DEPTH, Rerank, ValidationList, features, item_signals, learn_trees
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees
from feed.ranking.tuning import CUT, STANDARD_ERRORS, ValidationSet, tune
from feed.ranking.weights import Weights

HELD_OUT_SHARE = 0.07  # the latest events that are held out, as a share of all events
TREND_SHARE = 0.15  # the latest events that the trend is learned on, as a share of all events
SHARED_CLOCK = 0.2  # share of viewers who must have events both before and after a point in time
VALIDATION_VIEWERS = 3_000
MIN_VALIDATION_VIEWERS = 100  # with fewer viewers who enjoyed something new, the weights keep their start values
NEWCOMERS = 1_500  # how many of the validation viewers are treated as new ones
NEWCOMER_STEPS = (0, 1, 2, 5, 10)  # of how many of their latest enjoyed clips is known then
WEAKER_EXPLORATION = (0.5, 0.25, 0.0)
JUDGE_TRUST = 0.5  # viewers who count less than this are not asked whether a change of the weights helps


@dataclass(frozen=True)
class HoldOut:
    """A log split in two: the events to fit on, and the clips that each validation viewer enjoyed next.

    `window_s` is how far ahead the trend predicts, in seconds. It is 0 if the viewers have no common clock (see
    `hold_out`).
    """

    fitted: EventLog
    viewers: Ints
    targets: list[Ints]
    window_s: int


def fit_model(log: EventLog, items: Items) -> Model:
    """Return a model fitted to a log. The result is deterministic. One core needs minutes for 5 million events."""
    held_out = hold_out(log)
    weights, trees = Weights(), Trees.none()
    if len(held_out.viewers) >= MIN_VALIDATION_VIEWERS:
        tables = Tables.of(held_out.fitted, items, window_s=held_out.window_s)
        validation = build_validation_set(tables, held_out, weights)
        if len(validation.target_counts) >= MIN_VALIDATION_VIEWERS:
            weights = tune(weights, validation)
            trees = learn_trees(list(_list_best(Model.of(tables, weights), held_out)))
            # Without the trees, which were fitted to what these viewers enjoyed next.
            weights = replace(weights, exploration=choose_exploration(Model.of(tables, weights), held_out))
    tables = Tables.of(log, items, window_s=held_out.window_s)
    return Model.of(tables, weights, rerank=Rerank.of(trees, log, tables))


def hold_out(log: EventLog) -> HoldOut:
    """Split a log into events to fit on and held-out events, which are the latest ones.

    No event about a held-out viewer and clip stays in the log that is fitted. If too few viewers have events both before
    and after a point in time, the viewers have no common clock. In that case, the last enjoyed clip of each viewer is
    held out.
    """
    if not len(log):
        return HoldOut(log, NO_IDS, [], 0)
    trend_cut, cut = (int(np.quantile(log.at, 1 - share)) for share in (TREND_SHARE, HELD_OUT_SHARE))
    window_s = int(log.at.max()) - trend_cut
    is_held_out: Bools = log.at > cut
    viewers = _on_both_sides(log, is_held_out)
    if len(_on_both_sides(log, log.at > trend_cut)) < SHARED_CLOCK * len(np.unique(log.viewer)):
        is_held_out, window_s = _last_enjoyed(log), 0
        viewers = np.unique(log.viewer[is_held_out])
    viewers = np.intersect1d(viewers, log.viewer[log.trusted >= JUDGE_TRUST])
    viewers = _sample(viewers, VALIDATION_VIEWERS)
    return HoldOut(
        log.where(~_with_their_pairs(log, is_held_out)), viewers, _targets(log, is_held_out, viewers), window_s
    )


def _with_their_pairs(log: EventLog, is_held_out: Bools) -> Bools:
    """Return a mask of all events about a viewer and a clip that have a held-out event, such as the like before it."""
    pairs = log.viewer.astype(np.int64) * (int(log.item.max()) + 1) + log.item
    return np.asarray(np.isin(pairs, pairs[is_held_out]))


def _on_both_sides(log: EventLog, is_after: Bools) -> Ints:
    """Return the viewers with events on both sides of a point in time. `is_after` marks the events after it.

    After that point, only enjoyed clips count.
    """
    return np.intersect1d(log.viewer[is_after & log.satisfied], log.viewer[~is_after])


def build_validation_set(tables: Tables, held_out: HoldOut, weights: Weights) -> ValidationSet:
    """Return the candidates of validation viewers with their raw terms.

    Candidates that a viewer enjoyed in the held-out part are marked as hits.
    """
    sequences = Sequences.of_events(held_out.fitted)
    quality = weigh_goals(tables.rates, {"satisfied": 1.0})
    lift = lift_items(tables, weights, quality)
    count = len(held_out.viewers)
    items = np.full((count, DEPTH), -1, np.int64)
    raw = np.zeros((count, DEPTH, len(weights.of_terms)), np.float32)
    hits = np.zeros((count, DEPTH), np.bool_)
    target_counts = np.zeros(count, np.int64)
    for row, (viewer, targets) in enumerate(zip(held_out.viewers, held_out.targets, strict=True)):
        history = sequences.of(int(viewer))
        candidates = _shortlist(tables, history, weights.of_terms, lift)
        size = len(candidates.items)
        items[row, :size], raw[row, :size] = candidates.items, candidates.raw
        hits[row, :size] = np.isin(candidates.items, targets)
        target_counts[row] = len(np.setdiff1d(targets, history.items))
    is_useful = target_counts > 0
    items = items[is_useful]
    signals = np.stack((tables.popularity.trend, np.log1p(tables.popularity.enjoyed), np.log(quality)), axis=1)
    return ValidationSet(
        is_real=items >= 0,
        raw=raw[is_useful],
        items=items,
        signals=signals.astype(np.float32),
        even=tables.even,
        hits=hits[is_useful],
        target_counts=target_counts[is_useful],
    )


def choose_exploration(model: Model, held_out: HoldOut) -> float:
    """Return how strongly to explore the tastes of new viewers.

    Validation viewers are known by their last few clips only. Exploration is weakened step by step until a step does not
    clearly help to find what they enjoyed next. A log that was served without exploration can't say what it would find,
    so operators may set a least strength.
    """
    sequences = Sequences.of_events(held_out.fitted)
    viewers = _sample(np.arange(len(held_out.viewers)), NEWCOMERS)

    def value_of(strength: float) -> Doubles:
        values = np.zeros(len(viewers))
        for row, index in enumerate(viewers.tolist()):
            known = sequences.of(int(held_out.viewers[index]))
            enjoyed = known.items[known.weight > 0]
            history = History.enjoyed(enjoyed[max(0, len(enjoyed) - NEWCOMER_STEPS[row % len(NEWCOMER_STEPS)]) :])
            exploration = Exploration.of(model.tables.items, history.items, history.items, NO_IDS)
            best = recommend_exploring(
                model, history, NO_IDS, exploration.with_strength(strength), CUT, excluded=known.items
            )
            values[row] = ndcg(np.isin(best.items, held_out.targets[index]), len(held_out.targets[index]), CUT)
        return values

    best, value = Weights().exploration, value_of(Weights().exploration)
    for strength in WEAKER_EXPLORATION:
        gain = (new_value := value_of(strength)) - value
        if not gain.mean() > STANDARD_ERRORS * gain.std() / np.sqrt(len(gain)) + 1e-9:
            break
        best, value = strength, new_value
    return best


def _list_best(model: Model, held_out: HoldOut) -> Iterator[ValidationList]:
    """Yield the best candidates for each validation viewer. Viewers who enjoyed none of them afterwards are skipped."""
    sequences = Sequences.of_events(held_out.fitted)
    signals = item_signals(held_out.fitted, model.tables)
    for viewer, targets in zip(held_out.viewers, held_out.targets, strict=True):
        history = sequences.of(int(viewer))
        profile = ViewerProfile.of(history, NO_IDS, NO_IDS)
        candidates = find_candidates(model.tables, profile, history.items)
        scores = weigh(candidates.raw, model.weights.of_terms, model.lift[candidates.items]).sum(axis=1)
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        candidates, scores = Candidates(candidates.items[best], candidates.raw[best]), scores[best]
        hits = np.isin(candidates.items, targets).astype(np.float64)
        if len(profile.enjoyed) and hits.any():
            rows = features(signals, model.tables, profile, candidates, scores)
            yield ValidationList(rows, scores, hits, len(np.setdiff1d(targets, history.items)))


def _shortlist(tables: Tables, history: History, weights: np.ndarray, lift: np.ndarray) -> Candidates:
    """Return the candidates that could reach the top: the best ones with lift (see `lift_items`) and without it."""
    candidates = find_candidates(tables, ViewerProfile.of(history, NO_IDS, NO_IDS), history.items)
    scores = candidates.raw @ weights
    half = min(DEPTH // 2, len(scores))
    lifted = scores * lift[candidates.items]
    best = np.union1d(*(np.argpartition(-part, half - 1)[:half] for part in (scores, lifted)))
    return Candidates(candidates.items[best], candidates.raw[best])


def _last_enjoyed(log: EventLog) -> Bools:
    """Return a mask that is True for each viewer's last satisfied event."""
    order = np.lexsort((np.arange(len(log)), log.at, log.viewer))
    enjoyed = order[log.satisfied[order]]
    last = enjoyed[np.append(np.diff(log.viewer[enjoyed]) != 0, True)] if len(enjoyed) else enjoyed
    mask = np.zeros(len(log), np.bool_)
    mask[last] = True
    return mask


def _sample(viewers: Ints, limit: int) -> Ints:
    chosen = np.random.default_rng(0).permutation(len(viewers))[:limit]
    return np.sort(viewers[chosen])


def _targets(log: EventLog, is_held_out: Bools, viewers: Ints) -> list[Ints]:
    """Return the distinct items that each viewer enjoyed in the held-out part."""
    rows = np.flatnonzero(is_held_out & log.satisfied & np.isin(log.viewer, viewers))
    rows = rows[np.argsort(log.viewer[rows], kind="stable")]
    edges = np.searchsorted(log.viewer[rows], viewers)
    return [np.unique(part) for part in np.split(log.item[rows], edges[1:])] if len(viewers) else []
