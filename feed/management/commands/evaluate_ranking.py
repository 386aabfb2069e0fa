"""Measure the ranking offline, on the shop's own events or on files in the public format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feed.page.engine import items_of, newest_first
from feed.page.snapshot import read_shelf
from feed.ranking import Events, History, Items, Model
from feed.ranking.evaluation import Quality, Recommend, Split, evaluate, split_cold, split_last, split_time
from feed.ranking.interactions import Ints
from feed.ranking.logs import read_log
from feed.training import LEARNT_FROM, read_events

HELD_OUT_SHARE = 0.15
HEAD = f"{'':24}{'cases':>8}{'NDCG':>9}{'recall':>9}{'hit rate':>10}{'coverage':>10}{'new':>8}{'ms':>8}{'ms p99':>9}"


class Command(BaseCommand):
    help = (
        "Fit on the earlier part of a log, recommend among all clips, and compare with what came next. Without a folder "
        "the shop's own events of the last 90 days are taken; a folder holds events.csv.gz and items.csv.gz."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path)
        parser.add_argument("--split", choices=("time", "last"), default="time", help="Cut by time, or leave one out.")
        parser.add_argument(
            "--start", type=int, help="Unix seconds at which the targets begin; default: the last 15 %%."
        )
        parser.add_argument("--end", type=int, help="Unix seconds at which the targets end.")
        parser.add_argument("-k", type=int, default=20, help="How many clips count.")
        parser.add_argument("--limit", type=int, help="At most so many viewers.")
        parser.add_argument("--cold", action="store_true", help="Also newcomers, known by interests and n events.")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        events, items = read_log(folder) if folder else _own_log()
        if not events.satisfied.any():
            raise CommandError("The log holds no satisfied event yet. Let people watch first, or name a folder.")
        start = options["start"] or int(np.quantile(events.at, 1 - HELD_OUT_SHARE))
        end = options["end"] or int(events.at.max()) + 1
        is_last = options["split"] == "last"
        split = split_last(events, options["limit"]) if is_last else split_time(events, start, end, options["limit"])
        if not split.cases:
            raise CommandError("Nobody watched on both sides of the cut. Take a longer log, or --split last.")
        k: int = options["k"]
        self.stdout.write(f"{len(events):,} events, {items.count:,} clips; @{k}\n{HEAD}")
        self._tell("popular", evaluate(_popular(split, items), split, items, k))
        self._tell("this ranking", evaluate(_ranking(split, items), split, items, k))
        if options["cold"]:
            cold = split_cold(events, items, None if is_last else start, None if is_last else end)
            for count, one in cold.items():
                if one.cases:
                    self._tell(f"newcomer after {count}", evaluate(_ranking(one, items), one, items, k))

    def _tell(self, name: str, found: Quality) -> None:
        self.stdout.write(
            f"{name:24}{found.cases:>8}{found.ndcg:>9.4f}{found.recall:>9.4f}{found.hit_rate:>10.4f}"
            f"{found.coverage:>10.4f}{found.new_share:>8.4f}{found.page_ms_median:>8.2f}{found.page_ms_p99:>9.2f}"
        )


def _own_log() -> tuple[Events, Items]:
    shelf, _goals = read_shelf()
    rows = newest_first(shelf)
    return read_events(shelf, shelf.ids[rows], since=timezone.now() - LEARNT_FROM), items_of(shelf, rows)


def _ranking(split: Split, items: Items) -> Recommend:
    model = Model.fit(split.known, items)

    def recommend(history: History, interests: Ints, excluded: Ints, k: int) -> Ints:
        return model.recommend(history, interests, k, excluded=excluded).items

    return recommend


def _popular(split: Split, items: Items) -> Recommend:
    counts = np.bincount(split.known.item[split.known.satisfied], minlength=items.count)
    order = np.argsort(-counts, kind="stable")

    def recommend(_history: History, _interests: Ints, excluded: Ints, k: int) -> Ints:
        head = order[: k + len(excluded)]
        return head[~np.isin(head, excluded)][:k]

    return recommend
