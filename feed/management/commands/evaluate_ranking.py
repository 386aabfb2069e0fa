"""Command that evaluates the ranking offline, on the shop's own events or on log files."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feed.goals import weigh_shop_goals
from feed.models import EventKind
from feed.page.served import serve_pages
from feed.page.snapshot import DEFAULT_GOALS, current_goals, read_snapshot
from feed.ranking import EventLog, History, Items, Model, fit_model
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
from feed.ranking.interactions import Ints
from feed.ranking.logs import read_log as read_log_files
from feed.training import TRAINING_PERIOD, read_log

HELD_OUT_SHARE = 0.15
HEAD = f"{'':24}{'cases':>8}{'NDCG':>9}{'recall':>9}{'hit rate':>10}{'coverage':>10}{'new':>8}{'ms':>8}{'ms p99':>9}"


class Command(BaseCommand):
    help = (
        "Fits a model to the earlier part of a log, and compares its recommendations with what viewers enjoyed next. "
        "The log is read from events.csv.gz and items.csv.gz in the given folder. Without a folder, the shop's own events "
        "of the last 90 days are used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path)
        parser.add_argument(
            "--split",
            choices=("time", "last"),
            default="time",
            help="Split by time, or leave out each viewer's last event.",
        )
        parser.add_argument(
            "--start",
            type=int,
            help="Start of the targets in Unix seconds. By default, the last 15 %% of the events are targets.",
        )
        parser.add_argument("--end", type=int, help="End of the targets in Unix seconds.")
        parser.add_argument("-k", type=int, default=20, help="How many recommendations count.")
        parser.add_argument("--limit", type=int, help="Maximum number of viewers.")
        parser.add_argument("--cold", action="store_true", help="Also measure new viewers with few events.")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        log, items = read_log_files(folder) if folder else _read_own_log()
        goals = DEFAULT_GOALS if folder else current_goals()
        if not log.satisfied.any():
            raise CommandError("The log contains no satisfied event yet. Let people watch first, or name a folder.")
        start = options["start"] or int(np.quantile(log.at, 1 - HELD_OUT_SHARE))
        end = options["end"] or int(log.at.max()) + 1
        is_last = options["split"] == "last"
        split = split_last(log, options["limit"]) if is_last else split_time(log, start, end, options["limit"])
        if not split.cases:
            raise CommandError("No viewer has events on both sides of the cut. Use a longer log, or --split last.")
        k: int = options["k"]
        self.stdout.write(f"{len(log):,} events, {items.count:,} clips; @{k}\n{HEAD}")
        self._write("popular", evaluate(_popular(split, items), split, items, k))
        self._write_stages("", fit_model(split.fitted, items), goals, split, items, k)
        if options["cold"]:
            cold = split_cold(log, items, None if is_last else start, None if is_last else end)
            model = fit_model(cold[0].fitted, items)  # the same for all of them
            for count, cold_split in cold.items():
                if cold_split.cases:
                    self._write_stages(f", new, after {count}", model, goals, cold_split, items, k)

    def _write_stages(
        self,
        viewers: str,
        model: Model,
        goals: Mapping[EventKind, float],
        split: EvaluationSplit,
        items: Items,
        k: int,
    ) -> None:
        """Write a line for the model, for the model with the shop's goals, and for the pages that viewers get."""
        weighed = weigh_shop_goals(model, goals)
        stages = {
            "model": recommend_by(model),
            "with goals": recommend_by(weighed),
            "page": serve_pages(weighed, items, split.fitted),
        }
        for name, recommend in stages.items():
            self._write(f"{name}{viewers}", evaluate(recommend, split, items, k))

    def _write(self, name: str, quality: RankingQuality) -> None:
        self.stdout.write(
            f"{name:24}{quality.cases:>8}{quality.ndcg:>9.4f}{quality.recall:>9.4f}{quality.hit_rate:>10.4f}"
            f"{quality.coverage:>10.4f}{quality.new_share:>8.4f}{quality.page_ms_median:>8.2f}{quality.page_ms_p99:>9.2f}"
        )


def _read_own_log() -> tuple[EventLog, Items]:
    snapshot, _goals = read_snapshot()
    rows = snapshot.rows_newest_first()
    log = read_log(snapshot, snapshot.ids[rows], since=timezone.now() - TRAINING_PERIOD)
    return log, snapshot.items_of(rows)


def _popular(split: EvaluationSplit, items: Items) -> Recommend:
    counts = np.bincount(split.fitted.item[split.fitted.satisfied], minlength=items.count)
    order = np.argsort(-counts, kind="stable")

    def recommend(_history: History, _interests: Ints, excluded: Ints, k: int) -> Ints:
        best = order[: k + len(excluded)]
        return best[~np.isin(best, excluded)][:k]

    return recommend
