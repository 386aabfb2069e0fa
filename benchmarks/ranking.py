"""Measure the ranking on public logs: `python -m benchmarks.ranking --data FOLDER [--limit N] [--peers]`.

FOLDER holds `beauty/` and `kuairand/`, each with events.csv.gz and items.csv.gz. One configuration for both;
nothing is tuned to either. Prints a table, then ratios to the best peer or published figure. With --peers the baselines
run in the same process, so that times can be compared; otherwise the bars are the published figures alone.
"""

import argparse
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import django
import numpy as np

from benchmarks import ranking_peers as peers
from benchmarks.figures import Figure, at_least, at_most, info, report
from feed.ranking import EventLog, Items, Model, fit_model
from feed.ranking.evaluation import (
    EvaluationSplit,
    RankingQuality,
    Recommend,
    evaluate,
    recommend_by,
    split_cold,
    split_last,
    split_time,
)
from feed.ranking.logs import read_log

DAY_S = 86_400
FIRST_DAY = 1_650_816_000  # 25 April 2022 in Beijing
BEAUTY_BAR = 0.0577  # NDCG@10 of the best fusion published with the data
PAGE_MS_BAR = 2.0
SERVED_BAR = 0.85  # the page as served, over the model alone
SERVED_COLD_BAR = 0.9  # the same for newcomers, unless recent popularity is higher

PEERS: dict[str, Callable[[EventLog, Items], Recommend]] = {
    "most popular": peers.most_popular,
    "popularity with decay": peers.recently_popular,
    "category affinity": peers.category_affinity,
    "implicit ALS": peers.implicit_als,
    "EASE": peers.ease,
}
CHEAP = ("most popular", "popularity with decay", "category affinity")


@dataclass(frozen=True)
class Task:
    """A log, how it is split, and the length k of the lists."""

    name: str
    split: EvaluationSplit
    items: Items
    k: int


def measure_stages(task: Task, model: Model, fit_s: float) -> Iterator[tuple[str, RankingQuality]]:
    """Measure the model, the model with a shop's goals, and the pages that viewers get."""
    from feed.goals import weigh_shop_goals
    from feed.page.served import serve_pages

    goals = weigh_shop_goals(model, {})
    yield "model", measure("this model", task, recommend_by(model), fit_s)
    yield "goals", measure("with goals", task, recommend_by(goals), 0.0)
    pages = serve_pages(goals, task.items, task.split.fitted)
    yield "served", measure("page as served", task, pages, 0.0)


def measure(name: str, task: Task, recommend: Recommend, fit_s: float) -> RankingQuality:
    """Evaluate all cases, print one line, and return the figures."""
    quality = evaluate(recommend, task.split, task.items, task.k)
    print(
        f"{task.name:<22}{name:<24}{quality.ndcg:>8.4f}{quality.recall:>8.4f}{quality.hit_rate:>8.4f}"
        f"{quality.coverage:>8.3f}{quality.new_share:>8.3f}{quality.page_ms_median:>9.2f}{quality.page_ms_p99:>8.2f}"
        f"{fit_s:>8.1f}",
        flush=True,
    )
    return quality


def warm(task: Task, bar: float | None, *, with_peers: bool) -> Iterator[Figure]:
    """Measure viewers with a history, and the peers beside them if `with_peers`."""
    started = time.perf_counter()
    model = fit_model(task.split.fitted, task.items)
    fit_s = time.perf_counter() - started
    stages = dict(measure_stages(task, model, fit_s))
    ours = stages["model"]
    best = bar or 0.0
    for name, fit in PEERS.items() if with_peers else ():
        started = time.perf_counter()
        recommend = fit(task.split.fitted, task.items)
        spent = time.perf_counter() - started
        quality = measure(name, task, recommend, spent)
        best = max(best, quality.ndcg)
        yield info(f"{task.name}: page of {name}", quality.page_ms_median, unit="ms")
    yield from compare(f"{task.name}: NDCG@{task.k}", ours.ndcg, best)
    yield info(f"{task.name}: NDCG@{task.k} with goals", 100 * stages["goals"].ndcg, unit="%")
    yield at_least(f"{task.name}: page as served ÷ model", stages["served"].ndcg / ours.ndcg, SERVED_BAR)
    yield info(f"{task.name}: Recall@{task.k}", 100 * ours.recall, unit="%")
    yield at_most(f"{task.name}: page", ours.page_ms_median, PAGE_MS_BAR, unit="ms")
    yield info(f"{task.name}: fit", fit_s, unit="s")


def compare(name: str, ours: float, best: float) -> Iterator[Figure]:
    """Yield a figure, and its ratio to the best of the others if there is any."""
    yield info(name, 100 * ours, unit="%")
    if best:
        yield at_least(f"{name} ÷ the best of the others", ours / best, 1.0)


def cold(name: str, splits: dict[int, EvaluationSplit], items: Items) -> Iterator[Figure]:
    """Measure new viewers, known by interests and their last n clips, against the best cheap peer at each n."""
    fitted = next(iter(splits.values())).fitted
    model = fit_model(fitted, items)
    rivals = {peer: PEERS[peer](fitted, items) for peer in CHEAP}
    for n, split in splits.items():
        task = Task(f"{name} cold n={n}", split, items, 20)
        peer_values = {peer: measure(peer, task, recommend, 0.0).ndcg for peer, recommend in rivals.items()}
        stages = dict(measure_stages(task, model, 0.0))
        ours = stages["model"].ndcg
        yield from compare(f"{task.name}: NDCG@20", ours, max(peer_values.values()))
        bar = max(peer_values["popularity with decay"], SERVED_COLD_BAR * ours)
        yield at_least(f"{task.name}: page as served ÷ its bar", stages["served"].ndcg / bar, 1.0)


def limited(split: EvaluationSplit, limit: int | None) -> EvaluationSplit:
    """Return the split with a random sample of the cases."""
    if limit is None or len(split.cases) <= limit:
        return split
    chosen = np.sort(np.random.default_rng(0).permutation(len(split.cases))[:limit])
    return replace(split, cases=tuple(split.cases[i] for i in chosen))


def figures(data: Path, limit: int | None, *, with_peers: bool) -> Iterator[Figure]:
    """Yield all figures of the logs in the folder."""
    events, items = read_log(data / "beauty")
    yield from warm(
        Task("beauty", limited(split_last(events, left_out=2), limit), items, 10), BEAUTY_BAR, with_peers=with_peers
    )
    yield from cold("beauty", {n: limited(s, limit) for n, s in split_cold(events, items, None, None).items()}, items)
    events, items = read_log(data / "kuairand")
    for name, first, last in (("kuairand 25-30 April", 0, 6), ("kuairand 28-30 April", 3, 6)):
        split = limited(split_time(events, FIRST_DAY + first * DAY_S, FIRST_DAY + last * DAY_S), limit)
        yield from warm(Task(name, split, items, 20), None, with_peers=with_peers)
    splits = split_cold(events, items, FIRST_DAY, FIRST_DAY + 6 * DAY_S)
    yield from cold("kuairand", {n: limited(split, limit) for n, split in splits.items()}, items)


def main() -> None:
    """Print the tables, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="cases per task, sampled; the default is all")
    parser.add_argument("--peers", action="store_true", help="also fit the heavier baselines")
    chosen = parser.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "feedsite.settings", "SECRET_KEY": secrets.token_hex(32)}
    django.setup()
    heads = ("NDCG", "recall", "hits", "cover", "new", "page ms", "p99", "fit s")
    print(f"{'task':<22}{'model':<24}" + "".join(f"{head:>{9 if head == 'page ms' else 8}}" for head in heads))
    report(list(figures(chosen.data, chosen.limit, with_peers=chosen.peers)), "ranking")


if __name__ == "__main__":
    main()
