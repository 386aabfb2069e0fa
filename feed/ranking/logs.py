"""Log files: events.csv.gz and items.csv.gz, as exported by a shop."""

import csv
import gzip
from pathlib import Path

import numpy as np

from feed.ranking.interactions import KINDS, EventLog, Items


def read_events(path: Path) -> EventLog:
    """Return the events in a file with the columns `viewer,item,at,kind,value,satisfied`.

    Raises ValueError for an unknown kind.
    """
    numbers = {kind: str(index) for index, kind in enumerate(KINDS)}

    def number_of(kind: str) -> str:
        if kind not in numbers:
            raise ValueError(f"{path.name}: unknown kind of event {kind!r}")
        return numbers[kind]

    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = np.loadtxt(lines, delimiter=",", skiprows=1, dtype=np.float64, converters={3: number_of}, ndmin=2)
    rows = rows.reshape(-1, 6)
    return EventLog(
        viewer=rows[:, 0].astype(np.int64),
        item=rows[:, 1].astype(np.int64),
        at=rows[:, 2].astype(np.int64),
        kind=rows[:, 3].astype(np.int8),
        value=rows[:, 4].astype(np.float32),
        satisfied=rows[:, 5] > 0,
    )


def read_items(path: Path) -> Items:
    """Return the items in a file with the columns `item,categories,creator`.

    An item without a row has no category and no creator.
    """
    categories: dict[int, list[int]] = {}
    creators: dict[int, int] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            item = int(row["item"])
            categories[item] = [int(category) for category in row["categories"].split()]
            creators[item] = int(row["creator"]) if row["creator"] else -1
    count = max(categories, default=-1) + 1
    return Items.of([categories.get(item, []) for item in range(count)], [creators.get(i, -1) for i in range(count)])


def read_log(folder: Path) -> tuple[EventLog, Items]:
    """Return the events and items in a folder's log files. Raises ValueError if an event has an unknown item."""
    events, items = read_events(folder / "events.csv.gz"), read_items(folder / "items.csv.gz")
    if len(events) and int(events.item.max()) >= items.count:
        raise ValueError(
            f"{folder}: an event names item {int(events.item.max())}, but items.csv.gz ends at {items.count - 1}"
        )
    return events, items
