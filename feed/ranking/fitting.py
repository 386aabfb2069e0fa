"""Fit a model: count the log up to a part held out, learn the weights on that part, count the whole."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from feed.ranking.candidates import Candidates, find_candidates, look_up
from feed.ranking.interactions import Bools, Events, History, Ints, Items, Sequences
from feed.ranking.model import NOBODY, Model, Weights, lift_items, weigh
from feed.ranking.quality import weigh_goals
from feed.ranking.rerank import DEPTH, Listed, Rerank, features, item_signs, learn
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees
from feed.ranking.tuning import Judged, tune

HELD_OUT_SHARE = 0.07  # of the events, the latest
TREND_SHARE = 0.15  # of the events, the latest, are what the trend is learned on
SHARED_CLOCK = 0.2  # share of the viewers who must be there before and after a cut in time
JUDGES = 3_000
LEAST_JUDGES = 100  # fewer say nothing: the start values stay


@dataclass(frozen=True)
class HeldOut:
    """A log cut in two: what is known, and for each judging viewer what came next."""

    known: Events
    viewers: Ints
    wanted: list[Ints]
    window_s: int


def fit(events: Events, items: Items) -> Model:
    """Count and tune. Takes minutes for 5 million events on one core; memory grows with the events and the clips."""
    held_out = hold_out(events)
    weights, trees = Weights(), Trees.none()
    if len(held_out.viewers) >= LEAST_JUDGES:
        tables = Tables.of(held_out.known, items, window_s=held_out.window_s)
        weights = tune(weights, judge(tables, held_out, weights))
        trees = learn(list(_list_best(Model.of(tables, weights), held_out)))
    tables = Tables.of(events, items, window_s=held_out.window_s)
    return Model.of(tables, weights, rerank=Rerank.of(trees, events, tables))


def hold_out(events: Events) -> HeldOut:
    """Hold out the latest events if the clock is shared, else the last clip that each viewer enjoyed.

    A log whose clock starts anew for every viewer has few viewers on both sides of a cut in time.
    """
    if not len(events):
        return HeldOut(events, NOBODY, [], 0)
    trend_cut, cut = (int(np.quantile(events.at, 1 - share)) for share in (TREND_SHARE, HELD_OUT_SHARE))
    window_s = int(events.at.max()) - trend_cut
    after: Bools = events.at > cut
    both = _on_both_sides(events, after)
    if len(_on_both_sides(events, events.at > trend_cut)) < SHARED_CLOCK * len(np.unique(events.viewer)):
        after, window_s = _last_enjoyed(events), 0
        both = np.unique(events.viewer[after])
    viewers = _sample(both, JUDGES)
    return HeldOut(events.where(~after), viewers, _wanted(events, after, viewers), window_s)


def _on_both_sides(events: Events, after: Bools) -> Ints:
    """Return the viewers who were there before the cut and enjoyed something after it."""
    return np.intersect1d(events.viewer[after & events.satisfied], events.viewer[~after])


def judge(tables: Tables, held_out: HeldOut, weights: Weights) -> Judged:
    """Score the judges' candidates term by term, and note which of them came next."""
    sequences = Sequences.of_events(held_out.known)
    lift = lift_items(tables, weights, weigh_goals(tables.rates, {"satisfied": 1.0}))
    items = np.full((len(held_out.viewers), DEPTH), -1, np.int64)
    raw = np.zeros((len(held_out.viewers), DEPTH, len(weights.of_terms)), np.float32)
    hits = np.zeros((len(held_out.viewers), DEPTH), np.bool_)
    counts = np.zeros(len(held_out.viewers), np.int64)
    for row, (viewer, wanted) in enumerate(zip(held_out.viewers, held_out.wanted, strict=True)):
        history = sequences.of(int(viewer))
        found = _shortlist(tables, history, weights.of_terms, lift)
        size = len(found.items)
        items[row, :size], raw[row, :size] = found.items, found.raw
        hits[row, :size] = np.isin(found.items, wanted)
        counts[row] = len(np.setdiff1d(wanted, history.items))
    useful = counts > 0
    quality = weigh_goals(tables.rates, {"satisfied": 1.0})
    chosen = items[useful]
    signs = np.stack((tables.popularity.trend, np.log1p(tables.popularity.enjoyed), np.log(quality)), axis=1)
    return Judged(chosen >= 0, raw[useful], chosen, signs.astype(np.float32), tables.even, hits[useful], counts[useful])


def _list_best(model: Model, held_out: HeldOut) -> Iterator[Listed]:
    """Yield what the fusion ranks best for each judge, if anything of it came next."""
    sequences = Sequences.of_events(held_out.known)
    signs = item_signs(held_out.known, model.tables)
    for viewer, wanted in zip(held_out.viewers, held_out.wanted, strict=True):
        history = sequences.of(int(viewer))
        known = look_up(history, NOBODY, NOBODY)
        found = find_candidates(model.tables, known, history.items)
        score = weigh(found.raw, model.weights.of_terms, model.lift[found.items]).sum(axis=1)
        best = np.argsort(-score, kind="stable")[:DEPTH]
        found, score = Candidates(found.items[best], found.raw[best]), score[best]
        hits = np.isin(found.items, wanted).astype(np.float64)
        if len(known.met) and hits.any():
            rows = features(signs, model.tables, known, found, score)
            yield Listed(rows, score, hits, len(np.setdiff1d(wanted, history.items)))


def _shortlist(tables: Tables, history: History, weights: np.ndarray, lift: np.ndarray) -> Candidates:
    """Keep the candidates that could rise to the top: the best by the start values, with and without the lift."""
    found = find_candidates(tables, look_up(history, NOBODY, NOBODY), history.items)
    plain = found.raw @ weights
    half = min(DEPTH // 2, len(plain))
    chosen = np.union1d(*(np.argpartition(-score, half - 1)[:half] for score in (plain, plain * lift[found.items])))
    return Candidates(found.items[chosen], found.raw[chosen])


def _last_enjoyed(events: Events) -> Bools:
    """Return the event of each viewer that is the last satisfied one."""
    order = np.lexsort((np.arange(len(events)), events.at, events.viewer))
    happy = order[events.satisfied[order]]
    last = happy[np.append(np.diff(events.viewer[happy]) != 0, True)] if len(happy) else happy
    mask = np.zeros(len(events), np.bool_)
    mask[last] = True
    return mask


def _sample(viewers: Ints, limit: int) -> Ints:
    chosen = np.random.default_rng(0).permutation(len(viewers))[:limit]
    return np.sort(viewers[chosen])


def _wanted(events: Events, after: Bools, viewers: Ints) -> list[Ints]:
    rows = np.flatnonzero(after & events.satisfied & np.isin(events.viewer, viewers))
    rows = rows[np.argsort(events.viewer[rows], kind="stable")]
    edges = np.searchsorted(events.viewer[rows], viewers)
    return [np.unique(part) for part in np.split(events.item[rows], edges[1:])] if len(viewers) else []
